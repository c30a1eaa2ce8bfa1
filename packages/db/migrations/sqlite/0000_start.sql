CREATE TABLE `access_tokens` (
	`connection_id` text NOT NULL,
	`key` text NOT NULL,
	`sealed` text NOT NULL,
	`scopes` text NOT NULL,
	`expires_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`connection_id`, `key`),
	FOREIGN KEY (`connection_id`) REFERENCES `connections`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `account` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`provider_id` text NOT NULL,
	`user_id` text NOT NULL,
	`access_token` text,
	`refresh_token` text,
	`id_token` text,
	`access_token_expires_at` integer,
	`refresh_token_expires_at` integer,
	`scope` text,
	`password` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `account_user` ON `account` (`user_id`);--> statement-breakpoint
CREATE TABLE `attempts` (
	`id` text PRIMARY KEY NOT NULL,
	`connection_id` text NOT NULL,
	`organisation_id` text NOT NULL,
	`microsoft_id` text NOT NULL,
	`token_hash` text NOT NULL,
	`status` text NOT NULL,
	`created_by` text NOT NULL,
	`created_by_name` text NOT NULL,
	`created_by_email` text,
	`recipient` text,
	`reason` text,
	`return_url` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`browser_hash` text,
	`state_hash` text,
	`nonce_hash` text,
	`sealed_verifier` text,
	`trip_started_at` integer,
	`finished_at` integer,
	`by_member` integer NOT NULL,
	`problem` text,
	`candidate` text,
	FOREIGN KEY (`connection_id`) REFERENCES `connections`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `attempts_token_hash_unique` ON `attempts` (`token_hash`);--> statement-breakpoint
CREATE UNIQUE INDEX `attempts_state_hash_unique` ON `attempts` (`state_hash`);--> statement-breakpoint
CREATE INDEX `attempts_connection` ON `attempts` (`connection_id`,`status`);--> statement-breakpoint
CREATE INDEX `attempts_expiry` ON `attempts` (`status`,`expires_at`);--> statement-breakpoint
CREATE TABLE `report_breakdown` (
	`report_id` text NOT NULL,
	`by` text NOT NULL,
	`key` text NOT NULL,
	`name` text NOT NULL,
	`currency` text NOT NULL,
	`subtotal` text NOT NULL,
	`tax` text NOT NULL,
	`total` text NOT NULL,
	`lines` integer NOT NULL,
	PRIMARY KEY(`report_id`, `by`, `key`, `currency`),
	FOREIGN KEY (`report_id`) REFERENCES `reports`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `checks` (
	`sequence` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`connection_id` text NOT NULL,
	`attempt_id` text,
	`kind` text NOT NULL,
	`ok` integer NOT NULL,
	`code` text NOT NULL,
	`title` text NOT NULL,
	`detail` text NOT NULL,
	`action` text,
	`microsoft` text,
	`started_at` integer NOT NULL,
	`ms` integer NOT NULL,
	FOREIGN KEY (`connection_id`) REFERENCES `connections`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `checks_id_unique` ON `checks` (`id`);--> statement-breakpoint
CREATE INDEX `checks_connection` ON `checks` (`connection_id`,`sequence`);--> statement-breakpoint
CREATE INDEX `checks_attempt` ON `checks` (`attempt_id`,`sequence`);--> statement-breakpoint
CREATE TABLE `connections` (
	`id` text PRIMARY KEY NOT NULL,
	`organisation_id` text NOT NULL,
	`microsoft_id` text NOT NULL,
	`name` text NOT NULL,
	`name_folded` text NOT NULL,
	`name_from` text NOT NULL,
	`domain` text,
	`status` text NOT NULL,
	`reason` text,
	`action` text,
	`capabilities` text NOT NULL,
	`granted_scopes` text NOT NULL,
	`missing_scopes` text NOT NULL,
	`account_object_id` text,
	`account_username` text,
	`consented_at` integer,
	`refreshed_at` integer,
	`next_refresh_at` integer,
	`stops_working_by` integer,
	`stops_working_because` text,
	`created_at` integer NOT NULL,
	`disconnected_at` integer,
	`version` integer NOT NULL,
	`data_key` text NOT NULL,
	`data_key_id` text NOT NULL,
	`generation` integer,
	`previous_generation` integer,
	`last_generation` integer NOT NULL,
	`fence` integer NOT NULL,
	`lease_until` integer,
	`intent` integer,
	`doubt_code` text,
	`doubt_since` integer,
	`failures` integer NOT NULL,
	FOREIGN KEY (`organisation_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `connections_organisation_microsoft` ON `connections` (`organisation_id`,`microsoft_id`);--> statement-breakpoint
CREATE INDEX `connections_by_name` ON `connections` (`organisation_id`,`status`,`name_folded`,`id`) WHERE disconnected_at is null;--> statement-breakpoint
CREATE INDEX `connections_by_urgency` ON `connections` (`organisation_id`,`status`,`stops_working_by`,`name_folded`,`id`) WHERE disconnected_at is null;--> statement-breakpoint
CREATE INDEX `connections_due` ON `connections` (`next_refresh_at`,`id`);--> statement-breakpoint
CREATE INDEX `connections_data_key` ON `connections` (`data_key_id`);--> statement-breakpoint
CREATE TABLE `grants` (
	`connection_id` text NOT NULL,
	`generation` integer NOT NULL,
	`sealed` text NOT NULL,
	`origin` text NOT NULL,
	`attempt_id` text,
	`created_at` integer NOT NULL,
	`redeemed_at` integer,
	PRIMARY KEY(`connection_id`, `generation`),
	FOREIGN KEY (`connection_id`) REFERENCES `connections`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `members` (
	`id` text PRIMARY KEY NOT NULL,
	`organisation_id` text NOT NULL,
	`user_id` text NOT NULL,
	`role` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`organisation_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `members_organisation_user` ON `members` (`organisation_id`,`user_id`);--> statement-breakpoint
CREATE INDEX `members_user` ON `members` (`user_id`);--> statement-breakpoint
CREATE TABLE `nightly_runs` (
	`id` text PRIMARY KEY NOT NULL,
	`started_at` integer NOT NULL,
	`finished_at` integer NOT NULL,
	`due` integer NOT NULL,
	`refreshed` integer NOT NULL,
	`failed` integer NOT NULL,
	`skipped` integer NOT NULL,
	`ms` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `nightly_runs_started` ON `nightly_runs` (`started_at`);--> statement-breakpoint
CREATE TABLE `organisations` (
	`id` text PRIMARY KEY NOT NULL,
	`slug` text NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `organisations_slug_unique` ON `organisations` (`slug`);--> statement-breakpoint
CREATE TABLE `rate_limit` (
	`id` text PRIMARY KEY NOT NULL,
	`key` text NOT NULL,
	`count` integer NOT NULL,
	`last_request` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `rate_limit_key_unique` ON `rate_limit` (`key`);--> statement-breakpoint
CREATE TABLE `report_chunks` (
	`report_id` text NOT NULL,
	`sequence` integer NOT NULL,
	`first_line` integer NOT NULL,
	`lines` integer NOT NULL,
	`data` blob NOT NULL,
	PRIMARY KEY(`report_id`, `sequence`),
	FOREIGN KEY (`report_id`) REFERENCES `reports`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `report_chunks_line` ON `report_chunks` (`report_id`,`first_line`);--> statement-breakpoint
CREATE TABLE `reports` (
	`sequence` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`connection_id` text NOT NULL,
	`organisation_id` text NOT NULL,
	`kind` text NOT NULL,
	`invoice_id` text,
	`currency` text,
	`period` text,
	`status` text NOT NULL,
	`progress` real NOT NULL,
	`step` text,
	`invoice` text,
	`totals` text NOT NULL,
	`problem` text,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`started_at` integer,
	`finished_at` integer,
	`lease_until` integer,
	`fence` integer NOT NULL,
	FOREIGN KEY (`connection_id`) REFERENCES `connections`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `reports_id_unique` ON `reports` (`id`);--> statement-breakpoint
CREATE INDEX `reports_connection` ON `reports` (`connection_id`,`sequence`);--> statement-breakpoint
CREATE INDEX `reports_status` ON `reports` (`status`,`sequence`);--> statement-breakpoint
CREATE TABLE `return_origins` (
	`organisation_id` text NOT NULL,
	`origin` text NOT NULL,
	PRIMARY KEY(`organisation_id`, `origin`),
	FOREIGN KEY (`organisation_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `service_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`organisation_id` text NOT NULL,
	`name` text NOT NULL,
	`prefix` text NOT NULL,
	`hash` text NOT NULL,
	`scopes` text NOT NULL,
	`connections` text,
	`expires_at` integer,
	`last_used_at` integer,
	`revoked_at` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`organisation_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `service_keys_hash_unique` ON `service_keys` (`hash`);--> statement-breakpoint
CREATE INDEX `service_keys_organisation` ON `service_keys` (`organisation_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `session` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`token` text NOT NULL,
	`expires_at` integer NOT NULL,
	`ip_address` text,
	`user_agent` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `session_token_unique` ON `session` (`token`);--> statement-breakpoint
CREATE INDEX `session_user` ON `session` (`user_id`);--> statement-breakpoint
CREATE TABLE `token_uses` (
	`connection_id` text NOT NULL,
	`service_key_id` text NOT NULL,
	`last_used_at` integer NOT NULL,
	PRIMARY KEY(`connection_id`, `service_key_id`),
	FOREIGN KEY (`connection_id`) REFERENCES `connections`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`service_key_id`) REFERENCES `service_keys`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `user` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`email_verified` integer NOT NULL,
	`image` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `user_email_unique` ON `user` (`email`);--> statement-breakpoint
CREATE TABLE `verification` (
	`id` text PRIMARY KEY NOT NULL,
	`identifier` text NOT NULL,
	`value` text NOT NULL,
	`expires_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `verification_identifier` ON `verification` (`identifier`);