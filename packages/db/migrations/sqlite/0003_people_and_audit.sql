CREATE TABLE `audit` (
	`sequence` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`organisation_id` text,
	`actor_kind` text NOT NULL,
	`actor_id` text NOT NULL,
	`actor_name` text NOT NULL,
	`actor_email` text,
	`action` text NOT NULL,
	`microsoft_id` text,
	`details` text NOT NULL,
	`previous` text NOT NULL,
	`hash` text NOT NULL,
	`mac` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_organisation` ON `audit` (`organisation_id`,`sequence`);--> statement-breakpoint
CREATE INDEX `audit_action` ON `audit` (`organisation_id`,`action`,`sequence`);--> statement-breakpoint
CREATE INDEX `audit_actor` ON `audit` (`organisation_id`,`actor_id`,`sequence`);--> statement-breakpoint
CREATE TABLE `audit_head` (
	`id` integer PRIMARY KEY NOT NULL,
	`sequence` integer NOT NULL,
	`hash` text NOT NULL,
	`mac` text NOT NULL,
	`key` text NOT NULL,
	`key_id` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `audit_notes` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`event` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_notes_at` ON `audit_notes` (`at`);--> statement-breakpoint
ALTER TABLE `service_keys` ADD `issuer` text;--> statement-breakpoint
ALTER TABLE `service_keys` ADD `audience` text;--> statement-breakpoint
ALTER TABLE `service_keys` ADD `subject` text;--> statement-breakpoint
CREATE INDEX `service_keys_issuer` ON `service_keys` (`issuer`);