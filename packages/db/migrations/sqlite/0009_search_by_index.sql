DROP INDEX `connections_by_name`;--> statement-breakpoint
DROP INDEX `connections_by_urgency`;--> statement-breakpoint
CREATE INDEX `connections_by_name` ON `connections` (`organisation_id`,`status`,`name_folded`,`id`,`domain`,`microsoft_id`) WHERE disconnected_at is null;--> statement-breakpoint
CREATE INDEX `connections_by_urgency` ON `connections` (`organisation_id`,`status`,`stops_working_by`,`name_folded`,`id`,`domain`,`microsoft_id`) WHERE disconnected_at is null;