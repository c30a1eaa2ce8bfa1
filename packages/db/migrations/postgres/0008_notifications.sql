CREATE TABLE "notification_channels" (
	"id" text PRIMARY KEY NOT NULL,
	"organisation_id" text NOT NULL,
	"kind" text NOT NULL,
	"target" text NOT NULL,
	"sealed" text,
	"events" jsonb NOT NULL,
	"quiet_from" text,
	"quiet_to" text,
	"failures" bigint NOT NULL,
	"paused_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notifications" (
	"id" text PRIMARY KEY NOT NULL,
	"organisation_id" text NOT NULL,
	"channel_id" text NOT NULL,
	"event" text NOT NULL,
	"subject" text NOT NULL,
	"version" bigint NOT NULL,
	"title" text NOT NULL,
	"payload" text NOT NULL,
	"state" text NOT NULL,
	"tries" bigint NOT NULL,
	"next_try_at" timestamp (3) with time zone,
	"answer" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "told" (
	"subject" text PRIMARY KEY NOT NULL,
	"organisation_id" text NOT NULL,
	"cause" text NOT NULL,
	"warned" bigint,
	"version" bigint NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "notification_channels" ADD CONSTRAINT "notification_channels_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_channel_id_notification_channels_id_fk" FOREIGN KEY ("channel_id") REFERENCES "public"."notification_channels"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "told" ADD CONSTRAINT "told_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "notification_channels_organisation" ON "notification_channels" USING btree ("organisation_id","created_at");--> statement-breakpoint
CREATE INDEX "notifications_due" ON "notifications" USING btree ("state","next_try_at");--> statement-breakpoint
CREATE INDEX "notifications_organisation" ON "notifications" USING btree ("organisation_id","created_at");--> statement-breakpoint
CREATE INDEX "told_organisation" ON "told" USING btree ("organisation_id");