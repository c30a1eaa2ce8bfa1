ALTER TABLE "connections" ADD COLUMN "proven_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "connections_proven" ON "connections" USING btree ("proven_at");