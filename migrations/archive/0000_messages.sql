CREATE TABLE `messages` (
	`channel_id` text NOT NULL,
	`message_id` integer NOT NULL,
	`version` integer NOT NULL,
	`user_id` text NOT NULL,
	`client_id` text,
	`kind` text NOT NULL,
	`text` text NOT NULL,
	`system` text,
	`reply_to` integer,
	`mentions` text,
	`reactions` text,
	`created_at` integer NOT NULL,
	`edited_at` integer,
	`deleted_at` integer,
	PRIMARY KEY(`channel_id`, `message_id`)
);
