ALTER TABLE "organisations" ADD COLUMN "second_step_required" boolean;--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "method" text;