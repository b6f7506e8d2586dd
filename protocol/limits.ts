/**
 * Every number of the contract, each with its reason. Lengths of text are counted in Unicode code
 * points, sizes in bytes of UTF-8, times in milliseconds unless the name says seconds.
 */

/** Version of the wire contract; a client that speaks another one is closed with 4426. */
export const PROTOCOL_VERSION = 1

/** The requirements say "less than 100,000 characters". */
export const MAX_TEXT_LENGTH = 99_999
export const MAX_GROUP_MEMBERS = 100
/** Different emoji on one message; behind each stand at most as many people as a group has. */
export const MAX_REACTIONS = 20
/** The longest emoji of Unicode 17 has 35 bytes and 15 units of UTF-16; beyond this nothing is looked at. */
export const MAX_EMOJI_UNITS = 32
/** Invite links of one group that count at a time. */
export const MAX_INVITES = 20
export const MAX_INVITE_USES = 1000
export const MAX_CLIENT_ID_LENGTH = 64
export const MAX_TITLE_LENGTH = 100
export const MAX_NAME_LENGTH = 80
export const MAX_BIO_LENGTH = 500
export const MAX_IMAGE_URL_LENGTH = 2048
export const MIN_HANDLE_LENGTH = 3
export const MAX_HANDLE_LENGTH = 24
export const MIN_PASSWORD_LENGTH = 10
export const MAX_PASSWORD_LENGTH = 128

/**
 * How long a list of people in a request may be before it is not worth reading. Longer than a group,
 * so that asking for 101 members is answered with `group_full`, which says more than `invalid`.
 */
export const MAX_USER_IDS_IN_REQUEST = 1000

/** How much of the last message a list of channels shows. */
export const PREVIEW_LENGTH = 200
/** Unread counts are exact up to here and stay here above it. */
export const MAX_UNREAD = 999

export const DEFAULT_PAGE_SIZE = 50
export const MAX_PAGE_SIZE = 200

/** A frame or page of rows ends at whichever of the two comes first; one row always fits. */
export const MAX_ROWS_PER_FRAME = 200
export const MAX_BYTES_PER_FRAME = 1024 * 1024
/** What the server sends a device beyond the last cursor it confirmed. */
export const WINDOW_BYTES = 4 * 1024 * 1024

/** A larger frame closes the socket with 1009; a larger body is answered with `too_large`. */
export const MAX_FRAME_BYTES = 2 * 1024 * 1024
export const MAX_BODY_BYTES = 2 * 1024 * 1024

/** The chapter's numbers: a heartbeat every 5 s, offline 30 s after the last one. */
export const HEARTBEAT_SECONDS = 5
export const OFFLINE_AFTER_SECONDS = 30

/** The inbox of a user holds this much; a device that was away longer is reset. */
export const INBOX_MAX_AGE_MS = 30 * 24 * 60 * 60 * 1000
export const INBOX_MAX_ROWS = 10_000

/** Longest time that `GET /v1/sync` waits for something to happen. */
export const MAX_SYNC_WAIT_SECONDS = 25
export const TICKET_LIFETIME_MS = 30_000

/** Close code 4400: so many bad frames within so long. */
export const BAD_FRAMES = { count: 20, windowMs: 10_000 } as const
/** Close code 4429: so many frames of any kind within so long, on one socket. */
export const FRAMES_PER_SOCKET = { count: 600, windowMs: 10_000 } as const
/** Messages, edits, deletions and reactions of one member of a channel, whichever way they come. */
export const SENDS_PER_MEMBER = { count: 100, windowMs: 10_000 } as const
/** Close code 4409: sockets one person may hold on the user object. */
export const MAX_SOCKETS_PER_USER = 32
/** A device that is further behind in a channel than this gets the newest rows instead. */
export const MAX_REPLAY_ROWS = 500
export const CHANNEL_RESET_ROWS = 50
/** A member's typing is passed on at most this often. */
export const TYPING_EVERY_MS = 3_000

/** A search has at most so many characters, and so many terms: more is no search but a text. */
export const MAX_QUERY_LENGTH = 200
export const MAX_QUERY_TERMS = 64
/** Hits on a page of a search; each may be in another channel, which is asked for it. */
export const DEFAULT_HITS = 20
export const MAX_HITS = 50
/** A search without a channel goes through so many of mine, those with the latest activity. */
export const MAX_SEARCHED_CHANNELS = 1_000
/** About how much of a message a hit shows. */
export const SNIPPET_LENGTH = 160
/** Searches, looks at the mentions and exports that one person may start, together. */
export const SEARCHES_PER_USER = { count: 60, windowMs: 10_000 } as const

/** Friends and requests of one person, both ways; whoever needs more has stopped meaning friends. */
export const MAX_CONTACTS = 5_000
/** Requests of one person that nobody has answered yet. */
export const MAX_OPEN_REQUESTS = 500
export const MAX_BLOCKS = 5_000
/** Asking, accepting, removing, blocking: by one person, each with its round through the database. */
export const CONTACT_CHANGES_PER_USER = { count: 60, windowMs: 60_000 } as const
/** A change goes to every channel one is in and to every friend. */
export const PROFILE_CHANGES_PER_USER = { count: 20, windowMs: 10 * 60_000 } as const
/** How long nobody gets the handle of an account that was deleted. */
export const HANDLE_RESERVED_MS = 30 * 24 * 60 * 60 * 1000
/** What is found by the beginning of a handle: more is better found by typing on. */
export const MAX_USERS_FOUND = 20

/** People whose presence a device may watch, or be told of in one answer: a screen full of them. */
export const MAX_WATCHED = 200
/** Who may watch one person; beyond it they are told when they ask and not by themselves. */
export const MAX_WATCHERS = 5_000
/** Lists that one person may watch or ask for; each may cost a call for everybody in it. */
export const PRESENCE_ASKS_PER_USER = { count: 120, windowMs: 60_000 } as const

/**
 * RFC 8291, section 4: a push service has to take 4,096 bytes; 86 of them are the header, 17 the end of
 * the record.
 */
export const MAX_PUSH_PAYLOAD_BYTES = 3_993
export const MAX_PUSH_ENDPOINT_LENGTH = 2_048
export const MAX_PUSH_TOKEN_LENGTH = 4_096
/** A name and the title of a group fit, with what stands between them. */
export const MAX_PUSH_TITLE_LENGTH = 200
/** More than any system shows of a notification. */
export const MAX_PUSH_BODY_LENGTH = 1_000
/** The longest name of the IANA database has 32. */
export const MAX_TIME_ZONE_LENGTH = 64
/** Devices of one person that get pushes; beyond it the one that registered first gets none any more. */
export const MAX_PUSH_ADDRESSES = 32
/** Addresses that one person may register or take back; each is a round through the database. */
export const PUSH_CHANGES_PER_USER = { count: 60, windowMs: 60_000 } as const
/** With nobody there a push goes out so long after a message, unless it is read before. */
export const PUSH_AFTER_MS = 2_000
/** With somebody there, only if so long afterwards no device has the message: the one that is there may have died. */
export const PUSH_UNCONFIRMED_AFTER_MS = 30_000
/** What does not reach a device within a day is no news any more. */
export const PUSH_LIFETIME_MS = 24 * 60 * 60 * 1000
/** Four weeks: the longest time that FCM keeps one. */
export const MAX_PUSH_LIFETIME_MS = 28 * 24 * 60 * 60 * 1000

/** Of one person. The trigger `passkey_insert` holds to the same number. */
export const MAX_PASSKEYS = 20
