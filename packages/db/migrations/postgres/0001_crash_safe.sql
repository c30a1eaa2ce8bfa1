CREATE TABLE "cool_downs" (
	"connection_id" text NOT NULL,
	"key" text NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"told" jsonb NOT NULL,
	CONSTRAINT "cool_downs_connection_id_key_pk" PRIMARY KEY("connection_id","key")
);
--> statement-breakpoint
CREATE TABLE "nights" (
	"organisation_id" text NOT NULL,
	"night" text COLLATE "C" NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone NOT NULL,
	"refreshed" bigint NOT NULL,
	"failed" bigint NOT NULL,
	CONSTRAINT "nights_organisation_id_night_pk" PRIMARY KEY("organisation_id","night")
);
--> statement-breakpoint
CREATE TABLE "turns" (
	"name" text PRIMARY KEY NOT NULL,
	"at" bigint NOT NULL,
	"owner" text
);
--> statement-breakpoint
ALTER TABLE "attempts" ADD COLUMN "proving_by" text;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "lease_holder" text;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "verify" text;--> statement-breakpoint
ALTER TABLE "reports" ADD COLUMN "lease_holder" text;--> statement-breakpoint
ALTER TABLE "cool_downs" ADD CONSTRAINT "cool_downs_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "nights" ADD CONSTRAINT "nights_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "connections_held" ON "connections" USING btree ("lease_holder") WHERE lease_holder is not null;