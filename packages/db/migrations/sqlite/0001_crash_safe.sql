CREATE TABLE `cool_downs` (
	`connection_id` text NOT NULL,
	`key` text NOT NULL,
	`until` integer NOT NULL,
	`told` text NOT NULL,
	PRIMARY KEY(`connection_id`, `key`),
	FOREIGN KEY (`connection_id`) REFERENCES `connections`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `nights` (
	`organisation_id` text NOT NULL,
	`night` text NOT NULL,
	`started_at` integer NOT NULL,
	`finished_at` integer NOT NULL,
	`refreshed` integer NOT NULL,
	`failed` integer NOT NULL,
	PRIMARY KEY(`organisation_id`, `night`),
	FOREIGN KEY (`organisation_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `turns` (
	`name` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`owner` text
);
--> statement-breakpoint
ALTER TABLE `attempts` ADD `proving_by` text;--> statement-breakpoint
ALTER TABLE `connections` ADD `lease_holder` text;--> statement-breakpoint
ALTER TABLE `connections` ADD `verify` text;--> statement-breakpoint
CREATE INDEX `connections_held` ON `connections` (`lease_holder`) WHERE lease_holder is not null;--> statement-breakpoint
ALTER TABLE `reports` ADD `lease_holder` text;