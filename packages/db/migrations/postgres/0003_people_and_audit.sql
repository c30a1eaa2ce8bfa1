CREATE TABLE "audit" (
	"sequence" bigint PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"organisation_id" text,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"actor_name" text NOT NULL,
	"actor_email" text,
	"action" text COLLATE "C" NOT NULL,
	"microsoft_id" text,
	"details" text NOT NULL,
	"previous" text NOT NULL,
	"hash" text NOT NULL,
	"mac" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_head" (
	"id" bigint PRIMARY KEY NOT NULL,
	"sequence" bigint NOT NULL,
	"hash" text NOT NULL,
	"mac" text NOT NULL,
	"key" text NOT NULL,
	"key_id" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_notes" (
	"id" text PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"event" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "service_keys" ADD COLUMN "issuer" text;--> statement-breakpoint
ALTER TABLE "service_keys" ADD COLUMN "audience" text;--> statement-breakpoint
ALTER TABLE "service_keys" ADD COLUMN "subject" text;--> statement-breakpoint
CREATE INDEX "audit_organisation" ON "audit" USING btree ("organisation_id","sequence");--> statement-breakpoint
CREATE INDEX "audit_action" ON "audit" USING btree ("organisation_id","action","sequence");--> statement-breakpoint
CREATE INDEX "audit_actor" ON "audit" USING btree ("organisation_id","actor_id","sequence");--> statement-breakpoint
CREATE INDEX "audit_notes_at" ON "audit_notes" USING btree ("at");--> statement-breakpoint
CREATE INDEX "service_keys_issuer" ON "service_keys" USING btree ("issuer");