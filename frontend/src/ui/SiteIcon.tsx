/** Our own small signs for where a link leads; no site's logo. */
const SIGNS = {
  youtube: "M6 5h12a3 3 0 0 1 3 3v8a3 3 0 0 1-3 3H6a3 3 0 0 1-3-3V8a3 3 0 0 1 3-3zM10.5 9v6l5-3z",
  soundcloud: "M4 13v4M7 11v6M10 8.5V17M13 7v10h5.5a3 3 0 0 0 .4-6A6 6 0 0 0 13 7z",
  other:
    "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c2.5 2.6 3.7 5.6 3.7 9s-1.2 6.4-3.7 9c-2.5-2.6-3.7-5.6-3.7-9S9.5 5.600 12 3z",
} as const;

export function SiteIcon(props: { site: string; size?: number }) {
  const size = props.size ?? 18;
  const name = props.site.toLowerCase();
  const sign = name === "youtube" || name === "soundcloud" ? SIGNS[name] : SIGNS.other;
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={sign} />
    </svg>
  );
}
