CREATE TABLE `notification_channels` (
	`id` text PRIMARY KEY NOT NULL,
	`organisation_id` text NOT NULL,
	`kind` text NOT NULL,
	`target` text NOT NULL,
	`sealed` text,
	`events` text NOT NULL,
	`quiet_from` text,
	`quiet_to` text,
	`failures` integer NOT NULL,
	`paused_at` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`organisation_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `notification_channels_organisation` ON `notification_channels` (`organisation_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `notifications` (
	`id` text PRIMARY KEY NOT NULL,
	`organisation_id` text NOT NULL,
	`channel_id` text NOT NULL,
	`event` text NOT NULL,
	`subject` text NOT NULL,
	`version` integer NOT NULL,
	`title` text NOT NULL,
	`payload` text NOT NULL,
	`state` text NOT NULL,
	`tries` integer NOT NULL,
	`next_try_at` integer,
	`answer` text,
	`created_at` integer NOT NULL,
	`ended_at` integer,
	FOREIGN KEY (`channel_id`) REFERENCES `notification_channels`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `notifications_due` ON `notifications` (`state`,`next_try_at`);--> statement-breakpoint
CREATE INDEX `notifications_organisation` ON `notifications` (`organisation_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `told` (
	`subject` text PRIMARY KEY NOT NULL,
	`organisation_id` text NOT NULL,
	`cause` text NOT NULL,
	`warned` integer,
	`version` integer NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`organisation_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `told_organisation` ON `told` (`organisation_id`);