CREATE TABLE `customer_consents` (
	`connection_id` text NOT NULL,
	`customer_tenant_id` text NOT NULL,
	`name` text NOT NULL,
	`domain` text,
	`grants` text NOT NULL,
	`state` text NOT NULL,
	`certain` integer NOT NULL,
	`request_id` text NOT NULL,
	`problem` text,
	`granted_at` integer,
	`granted_by` text,
	`revoked_at` integer,
	`updated_at` integer NOT NULL,
	`version` integer NOT NULL,
	PRIMARY KEY(`connection_id`, `customer_tenant_id`),
	FOREIGN KEY (`connection_id`) REFERENCES `connections`(`id`) ON UPDATE no action ON DELETE cascade
);
