CREATE TABLE "access_tokens" (
	"connection_id" text NOT NULL,
	"key" text NOT NULL,
	"sealed" text NOT NULL,
	"scopes" jsonb NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "access_tokens_connection_id_key_pk" PRIMARY KEY("connection_id","key")
);
--> statement-breakpoint
CREATE TABLE "account" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"provider_id" text NOT NULL,
	"user_id" text NOT NULL,
	"access_token" text,
	"refresh_token" text,
	"id_token" text,
	"access_token_expires_at" timestamp (3) with time zone,
	"refresh_token_expires_at" timestamp (3) with time zone,
	"scope" text,
	"password" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "attempts" (
	"id" text PRIMARY KEY NOT NULL,
	"connection_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"microsoft_id" text NOT NULL,
	"token_hash" text NOT NULL,
	"status" text NOT NULL,
	"created_by" text NOT NULL,
	"created_by_name" text NOT NULL,
	"created_by_email" text,
	"recipient" text,
	"reason" text,
	"return_url" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"browser_hash" text,
	"state_hash" text,
	"nonce_hash" text,
	"sealed_verifier" text,
	"trip_started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"by_member" boolean NOT NULL,
	"problem" jsonb,
	"candidate" jsonb,
	CONSTRAINT "attempts_token_hash_unique" UNIQUE("token_hash"),
	CONSTRAINT "attempts_state_hash_unique" UNIQUE("state_hash")
);
--> statement-breakpoint
CREATE TABLE "report_breakdown" (
	"report_id" text NOT NULL,
	"by" text NOT NULL,
	"key" text COLLATE "C" NOT NULL,
	"name" text NOT NULL,
	"currency" text COLLATE "C" NOT NULL,
	"subtotal" text NOT NULL,
	"tax" text NOT NULL,
	"total" text NOT NULL,
	"lines" bigint NOT NULL,
	CONSTRAINT "report_breakdown_report_id_by_key_currency_pk" PRIMARY KEY("report_id","by","key","currency")
);
--> statement-breakpoint
CREATE TABLE "checks" (
	"sequence" bigserial PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"connection_id" text NOT NULL,
	"attempt_id" text,
	"kind" text NOT NULL,
	"ok" boolean NOT NULL,
	"code" text NOT NULL,
	"title" text NOT NULL,
	"detail" text NOT NULL,
	"action" text,
	"microsoft" jsonb,
	"started_at" timestamp (3) with time zone NOT NULL,
	"ms" bigint NOT NULL,
	CONSTRAINT "checks_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "connections" (
	"id" text PRIMARY KEY NOT NULL,
	"organisation_id" text NOT NULL,
	"microsoft_id" text NOT NULL,
	"name" text NOT NULL,
	"name_folded" text COLLATE "C" NOT NULL,
	"name_from" text NOT NULL,
	"domain" text,
	"status" text NOT NULL,
	"reason" text,
	"action" text,
	"capabilities" jsonb NOT NULL,
	"granted_scopes" jsonb NOT NULL,
	"missing_scopes" jsonb NOT NULL,
	"account_object_id" text,
	"account_username" text,
	"consented_at" timestamp (3) with time zone,
	"refreshed_at" timestamp (3) with time zone,
	"next_refresh_at" timestamp (3) with time zone,
	"stops_working_by" timestamp (3) with time zone,
	"stops_working_because" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	"disconnected_at" timestamp (3) with time zone,
	"version" bigint NOT NULL,
	"data_key" text NOT NULL,
	"data_key_id" text NOT NULL,
	"generation" bigint,
	"previous_generation" bigint,
	"last_generation" bigint NOT NULL,
	"fence" bigint NOT NULL,
	"lease_until" timestamp (3) with time zone,
	"intent" bigint,
	"doubt_code" text,
	"doubt_since" timestamp (3) with time zone,
	"failures" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "grants" (
	"connection_id" text NOT NULL,
	"generation" bigint NOT NULL,
	"sealed" text NOT NULL,
	"origin" text NOT NULL,
	"attempt_id" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"redeemed_at" timestamp (3) with time zone,
	CONSTRAINT "grants_connection_id_generation_pk" PRIMARY KEY("connection_id","generation")
);
--> statement-breakpoint
CREATE TABLE "members" (
	"id" text PRIMARY KEY NOT NULL,
	"organisation_id" text NOT NULL,
	"user_id" text NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "nightly_runs" (
	"id" text PRIMARY KEY NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone NOT NULL,
	"due" bigint NOT NULL,
	"refreshed" bigint NOT NULL,
	"failed" bigint NOT NULL,
	"skipped" bigint NOT NULL,
	"ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "organisations" (
	"id" text PRIMARY KEY NOT NULL,
	"slug" text COLLATE "C" NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "organisations_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
CREATE TABLE "rate_limit" (
	"id" text PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"count" bigint NOT NULL,
	"last_request" bigint NOT NULL,
	CONSTRAINT "rate_limit_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "report_chunks" (
	"report_id" text NOT NULL,
	"sequence" bigint NOT NULL,
	"first_line" bigint NOT NULL,
	"lines" bigint NOT NULL,
	"data" "bytea" NOT NULL,
	CONSTRAINT "report_chunks_report_id_sequence_pk" PRIMARY KEY("report_id","sequence")
);
--> statement-breakpoint
CREATE TABLE "reports" (
	"sequence" bigserial PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"connection_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"kind" text NOT NULL,
	"invoice_id" text,
	"currency" text,
	"period" text,
	"status" text NOT NULL,
	"progress" double precision NOT NULL,
	"step" text,
	"invoice" jsonb,
	"totals" jsonb NOT NULL,
	"problem" jsonb,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"lease_until" timestamp (3) with time zone,
	"fence" bigint NOT NULL,
	CONSTRAINT "reports_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "return_origins" (
	"organisation_id" text NOT NULL,
	"origin" text COLLATE "C" NOT NULL,
	CONSTRAINT "return_origins_organisation_id_origin_pk" PRIMARY KEY("organisation_id","origin")
);
--> statement-breakpoint
CREATE TABLE "service_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"organisation_id" text NOT NULL,
	"name" text NOT NULL,
	"prefix" text NOT NULL,
	"hash" text NOT NULL,
	"scopes" jsonb NOT NULL,
	"connections" jsonb,
	"expires_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "service_keys_hash_unique" UNIQUE("hash")
);
--> statement-breakpoint
CREATE TABLE "session" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"token" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"ip_address" text,
	"user_agent" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "session_token_unique" UNIQUE("token")
);
--> statement-breakpoint
CREATE TABLE "token_uses" (
	"connection_id" text NOT NULL,
	"service_key_id" text NOT NULL,
	"last_used_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "token_uses_connection_id_service_key_id_pk" PRIMARY KEY("connection_id","service_key_id")
);
--> statement-breakpoint
CREATE TABLE "user" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"email_verified" boolean NOT NULL,
	"image" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "user_email_unique" UNIQUE("email")
);
--> statement-breakpoint
CREATE TABLE "verification" (
	"id" text PRIMARY KEY NOT NULL,
	"identifier" text NOT NULL,
	"value" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "access_tokens" ADD CONSTRAINT "access_tokens_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account" ADD CONSTRAINT "account_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attempts" ADD CONSTRAINT "attempts_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "report_breakdown" ADD CONSTRAINT "report_breakdown_report_id_reports_id_fk" FOREIGN KEY ("report_id") REFERENCES "public"."reports"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "checks" ADD CONSTRAINT "checks_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "report_chunks" ADD CONSTRAINT "report_chunks_report_id_reports_id_fk" FOREIGN KEY ("report_id") REFERENCES "public"."reports"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "return_origins" ADD CONSTRAINT "return_origins_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "service_keys" ADD CONSTRAINT "service_keys_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "token_uses" ADD CONSTRAINT "token_uses_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "token_uses" ADD CONSTRAINT "token_uses_service_key_id_service_keys_id_fk" FOREIGN KEY ("service_key_id") REFERENCES "public"."service_keys"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "account_user" ON "account" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "attempts_connection" ON "attempts" USING btree ("connection_id","status");--> statement-breakpoint
CREATE INDEX "attempts_expiry" ON "attempts" USING btree ("status","expires_at");--> statement-breakpoint
CREATE INDEX "checks_connection" ON "checks" USING btree ("connection_id","sequence");--> statement-breakpoint
CREATE INDEX "checks_attempt" ON "checks" USING btree ("attempt_id","sequence");--> statement-breakpoint
CREATE UNIQUE INDEX "connections_organisation_microsoft" ON "connections" USING btree ("organisation_id","microsoft_id");--> statement-breakpoint
CREATE INDEX "connections_by_name" ON "connections" USING btree ("organisation_id","status","name_folded","id") WHERE disconnected_at is null;--> statement-breakpoint
CREATE INDEX "connections_by_urgency" ON "connections" USING btree ("organisation_id","status","stops_working_by","name_folded","id") WHERE disconnected_at is null;--> statement-breakpoint
CREATE INDEX "connections_due" ON "connections" USING btree ("next_refresh_at","id");--> statement-breakpoint
CREATE INDEX "connections_data_key" ON "connections" USING btree ("data_key_id");--> statement-breakpoint
CREATE UNIQUE INDEX "members_organisation_user" ON "members" USING btree ("organisation_id","user_id");--> statement-breakpoint
CREATE INDEX "members_user" ON "members" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "nightly_runs_started" ON "nightly_runs" USING btree ("started_at");--> statement-breakpoint
CREATE INDEX "report_chunks_line" ON "report_chunks" USING btree ("report_id","first_line");--> statement-breakpoint
CREATE INDEX "reports_connection" ON "reports" USING btree ("connection_id","sequence");--> statement-breakpoint
CREATE INDEX "reports_status" ON "reports" USING btree ("status","sequence");--> statement-breakpoint
CREATE INDEX "service_keys_organisation" ON "service_keys" USING btree ("organisation_id","created_at");--> statement-breakpoint
CREATE INDEX "session_user" ON "session" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "verification_identifier" ON "verification" USING btree ("identifier");