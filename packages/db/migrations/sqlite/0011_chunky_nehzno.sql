CREATE INDEX `connections_doubt` ON `connections` (`doubt_code`) WHERE doubt_code is not null;--> statement-breakpoint
CREATE INDEX `connections_refreshed` ON `connections` (`refreshed_at`);