CREATE TABLE `applications` (
	`connection_id` text NOT NULL,
	`client_id` text NOT NULL,
	`kind` text NOT NULL,
	`sealed` text NOT NULL,
	`expires_at` integer,
	`added_at` integer NOT NULL,
	`added_by` text NOT NULL,
	PRIMARY KEY(`connection_id`, `client_id`),
	FOREIGN KEY (`connection_id`) REFERENCES `connections`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
ALTER TABLE `attempts` ADD `client_id` text;--> statement-breakpoint
ALTER TABLE `connections` ADD `client_id` text;--> statement-breakpoint
ALTER TABLE `connections` ADD `credential_ends_at` integer;--> statement-breakpoint
ALTER TABLE `customer_consents` ADD `client_id` text;--> statement-breakpoint
ALTER TABLE `grants` ADD `client_id` text;