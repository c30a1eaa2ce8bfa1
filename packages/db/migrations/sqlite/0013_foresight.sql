ALTER TABLE `connections` ADD `signed_in_at` integer;--> statement-breakpoint
ALTER TABLE `connections` ADD `limits` text;--> statement-breakpoint
ALTER TABLE `connections` ADD `open_proof` text;