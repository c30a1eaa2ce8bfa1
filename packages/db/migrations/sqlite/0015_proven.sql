ALTER TABLE `connections` ADD `proven_at` integer;--> statement-breakpoint
CREATE INDEX `connections_proven` ON `connections` (`proven_at`);