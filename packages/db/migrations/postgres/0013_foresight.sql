ALTER TABLE "connections" ADD COLUMN "signed_in_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "limits" jsonb;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "open_proof" jsonb;