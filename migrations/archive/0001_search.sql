CREATE TABLE `mentions` (
	`user_id` text NOT NULL,
	`id` integer NOT NULL,
	PRIMARY KEY(`user_id`, `id`)
);
--> statement-breakpoint
CREATE INDEX `mentions_id` ON `mentions` (`id`);--> statement-breakpoint
CREATE TABLE `search_channels` (
	`no` integer PRIMARY KEY NOT NULL,
	`channel_id` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `search_channels_channel_id_unique` ON `search_channels` (`channel_id`);--> statement-breakpoint
CREATE TABLE `search_messages` (
	`id` integer PRIMARY KEY NOT NULL,
	`channel_no` integer NOT NULL,
	`message_id` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `search_messages_place` ON `search_messages` (`channel_no`,`message_id`);