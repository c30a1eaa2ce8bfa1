CREATE TABLE "applications" (
	"connection_id" text NOT NULL,
	"client_id" text NOT NULL,
	"kind" text NOT NULL,
	"sealed" text NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"added_at" timestamp (3) with time zone NOT NULL,
	"added_by" text NOT NULL,
	CONSTRAINT "applications_connection_id_client_id_pk" PRIMARY KEY("connection_id","client_id")
);
--> statement-breakpoint
ALTER TABLE "attempts" ADD COLUMN "client_id" text;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "client_id" text;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "credential_ends_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "customer_consents" ADD COLUMN "client_id" text;--> statement-breakpoint
ALTER TABLE "grants" ADD COLUMN "client_id" text;--> statement-breakpoint
ALTER TABLE "applications" ADD CONSTRAINT "applications_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE cascade ON UPDATE no action;