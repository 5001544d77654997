import { Part, State } from "./Part";

const GROUNDS = ["--bg", "--bg-1", "--bg-2", "--bg-3", "--line", "--line-strong", "--red-ground"];
const INKS = ["--ink", "--ink-2", "--ink-3", "--accent", "--blue", "--green", "--red"];
const CORNERS = ["--r1", "--r2", "--r3"];
const SPACES = ["--s1", "--s2", "--s3", "--s4", "--s5"];
const TYPE = [
  { name: "27 under the playhead", style: { fontSize: 27, fontWeight: 640, letterSpacing: "-0.02em" } },
  { name: "18 heading", style: { fontSize: 18, fontWeight: 640, letterSpacing: "-0.015em" } },
  { name: "14 work", style: { fontSize: 14 } },
  { name: "12.5 notes", style: { fontSize: 12.5, color: "var(--ink-2)" } },
];

/** What everything else is made of: app/styles/tokens.css, and nothing beside it. */
export function Tokens() {
  return (
    <Part title="Tokens">
      {GROUNDS.map((token) => (
        <State key={token} name={token}>
          <div className="design-swatch" style={{ background: `var(${token})` }} />
        </State>
      ))}
      {INKS.map((token) => (
        <State key={token} name={token}>
          <span style={{ color: `var(${token})`, fontWeight: 600 }}>church bell 0.93</span>
        </State>
      ))}
      {CORNERS.map((token) => (
        <State key={token} name={`corner ${token}`}>
          <div className="design-swatch" style={{ borderRadius: `var(${token})` }} />
        </State>
      ))}
      {SPACES.map((token) => (
        <State key={token} name={`space ${token}`}>
          <div className="design-space" style={{ width: `var(${token})` }} />
        </State>
      ))}
      {TYPE.map(({ name, style }) => (
        <State key={name} name={name}>
          <span style={style}>baby crying</span>
        </State>
      ))}
    </Part>
  );
}
