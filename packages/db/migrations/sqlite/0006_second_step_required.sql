ALTER TABLE `organisations` ADD `second_step_required` integer;--> statement-breakpoint
ALTER TABLE `session` ADD `method` text;