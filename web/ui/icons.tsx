import type { ComponentChildren } from 'preact'

/**
 * The icons of the page: 20 px, one line of 1.5 px. They say nothing by themselves; the control or
 * the `label` they are given does.
 */
interface Props {
  label?: string
}

/**
 * One more icon of the set.
 * @param turns whether it points along the line, and so the other way where lines begin at the right
 */
export function icon(children: ComponentChildren, turns = false) {
  return function Icon({ label }: Props) {
    return (
      <svg
        class={turns ? 'icon icon-turns' : 'icon'}
        viewBox="0 0 20 20"
        width="20"
        height="20"
        fill="none"
        stroke="currentColor"
        stroke-width="1.5"
        stroke-linecap="round"
        stroke-linejoin="round"
        role={label === undefined ? undefined : 'img'}
        aria-label={label}
        aria-hidden={label === undefined ? 'true' : undefined}
      >
        {children}
      </svg>
    )
  }
}

export const BackIcon = icon(<path d="M12 4.5 6.5 10l5.5 5.5" />, true)
export const SearchIcon = icon(
  <>
    <circle cx="9" cy="9" r="5" />
    <path d="m13 13 3.5 3.5" />
  </>,
)
export const LinkIcon = icon(
  <path d="M8.5 11.5a3 3 0 0 0 4.2 0l2.6-2.6a3 3 0 0 0-4.2-4.2l-1 1M11.5 8.5a3 3 0 0 0-4.2 0l-2.6 2.6a3 3 0 0 0 4.2 4.2l1-1" />,
)
export const DownloadIcon = icon(<path d="M10 3.5v9m-4-4 4 4 4-4M4 16.5h12" />)
export const CloseIcon = icon(<path d="m5 5 10 10M15 5 5 15" />)
export const ArrowDownIcon = icon(<path d="M10 4v12m-5-5 5 5 5-5" />)
export const ArrowUpIcon = icon(<path d="M10 16V4m5 5-5-5-5 5" />)
export const SendIcon = icon(<path d="M10 16V4M5 9l5-5 5 5" />)
export const TickIcon = icon(<path d="m4.5 10.5 3.5 3.5 7.5-8" />)
export const TwoTicksIcon = icon(<path d="m1.5 10.5 3.5 3.5 7.5-8M9.5 13l1 1L18 6" />)
export const EditIcon = icon(<path d="m4 16 .75-3.75 8.5-8.5 3 3-8.5 8.5zM11.5 5.5l3 3" />)
export const CopyIcon = icon(
  <>
    <rect x="7" y="7" width="9.5" height="9.5" rx="1.5" />
    <path d="M13 7V5a1.5 1.5 0 0 0-1.5-1.5H5A1.5 1.5 0 0 0 3.5 5v6.5A1.5 1.5 0 0 0 5 13h2" />
  </>,
)
export const DeleteIcon = icon(
  <path d="M3.5 5.5h13M8 5.5v-2h4v2M5.5 5.5l.75 11h7.5l.75-11M8.5 9v4.5M11.5 9v4.5" />,
)
export const MoreIcon = icon(
  <>
    <path d="M4.5 10h.01M10 10h.01M15.5 10h.01" stroke-width="2.2" />
  </>,
)
export const ComposeIcon = icon(
  <>
    <path d="M16 10.5V15a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 15V5.5A1.5 1.5 0 0 1 5 4h4.5" />
    <path d="m8.5 11.5.5-2.5 6-6 2 2-6 6z" />
  </>,
)
export const PersonAddIcon = icon(
  <>
    <circle cx="8" cy="6.75" r="3" />
    <path d="M2.5 16.5c.6-3 2.7-4.5 5.5-4.5 1.3 0 2.5.3 3.4 1M15 11.5v5M12.5 14h5" />
  </>,
)
export const PersonIcon = icon(
  <>
    <circle cx="10" cy="6.75" r="3" />
    <path d="M4 16.5c.7-3 3-4.5 6-4.5s5.3 1.5 6 4.5" />
  </>,
)
export const PeopleIcon = icon(
  <>
    <circle cx="7.5" cy="7" r="2.75" />
    <path d="M2 16c.5-2.7 2.7-4 5.5-4s5 1.3 5.5 4M13 4.4a2.75 2.75 0 0 1 0 5.2M15 12.3c1.6.6 2.7 1.8 3 3.7" />
  </>,
)
export const ReplyIcon = icon(
  <path d="M8 5 3.5 9.5 8 14M3.5 9.5H12a4.5 4.5 0 0 1 4.5 4.5v1.5" />,
  true,
)
export const ReactIcon = icon(
  <>
    <circle cx="10" cy="10" r="6.5" />
    <path d="M7.25 11.75c.6 1 1.6 1.6 2.75 1.6s2.15-.6 2.75-1.6M7.75 8.25h.01M12.25 8.25h.01" />
  </>,
)
export const UnreadIcon = icon(
  <>
    <path d="M10.5 4.5H5A1.5 1.5 0 0 0 3.5 6v7A1.5 1.5 0 0 0 5 14.5h1v3l3.5-3H14a1.5 1.5 0 0 0 1.5-1.5V9.5" />
    <circle cx="15" cy="5" r="2" fill="currentColor" />
  </>,
)
export const BellIcon = icon(<path d="M5 13.5V9a5 5 0 0 1 10 0v4.5l1.5 1h-13zM8.5 17h3" />)
export const BellOffIcon = icon(
  <path d="M5 13.5V9a5 5 0 0 1 10 0v4.5l1.5 1h-13zM8.5 17h3M3.5 3.5l13 13" />,
)
export const AdminIcon = icon(
  <path d="M10 3 4.5 5v4.5c0 3.5 2.2 6 5.5 7.5 3.3-1.5 5.5-4 5.5-7.5V5z" />,
)
export const HandOverIcon = icon(<path d="M3.5 7h12m-3-3 3 3-3 3M16.5 13h-12m3-3-3 3 3 3" />)
export const NoteIcon = icon(
  <>
    <path d="M5.5 3.5h9v9l-4 4h-5z" />
    <path d="M14.5 12.5h-4v4M8 7h4M8 10h2.5" />
  </>,
)
export const ClockIcon = icon(
  <>
    <circle cx="10" cy="10" r="6.5" />
    <path d="M10 6.5V10l2.5 1.5" />
  </>,
)
export const CalendarIcon = icon(
  <>
    <rect x="3.5" y="4.5" width="13" height="12" rx="1.5" />
    <path d="M3.5 8.5h13M7 3v3M13 3v3" />
  </>,
)
export const AlertIcon = icon(
  <>
    <circle cx="10" cy="10" r="6.5" />
    <path d="M10 6.75v3.75M10 13.25h.01" />
  </>,
)
export const LeaveIcon = icon(
  <path d="M8 3.5H5A1.5 1.5 0 0 0 3.5 5v10A1.5 1.5 0 0 0 5 16.5h3M13 6.5l3.5 3.5-3.5 3.5M16.5 10H8" />,
  true,
)
export const InfoIcon = icon(
  <>
    <circle cx="10" cy="10" r="6.5" />
    <path d="M10 9.5v3.75M10 6.75h.01" />
  </>,
)
export const DeviceIcon = icon(
  <>
    <rect x="2.5" y="4" width="15" height="9.5" rx="1.5" />
    <path d="M7 16.5h6" />
  </>,
)
export const EyeIcon = icon(
  <>
    <path d="M2.5 10S5.2 5 10 5s7.5 5 7.5 5-2.7 5-7.5 5-7.5-5-7.5-5z" />
    <circle cx="10" cy="10" r="2.25" />
  </>,
)
export const EyeOffIcon = icon(
  <>
    <path d="M2.5 10S5.2 5 10 5s7.5 5 7.5 5-2.7 5-7.5 5-7.5-5-7.5-5z" />
    <path d="m4 16 12-12" />
  </>,
)
