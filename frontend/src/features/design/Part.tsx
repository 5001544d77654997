import { type ReactNode, useId } from "react";

/** A section of the page of parts. */
export function Part({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section className="design-part" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <div className="design-states">{children}</div>
    </section>
  );
}

/** One state of a part, and what it is called. */
export function State({ name, wide, children }: { name: string; wide?: boolean; children: ReactNode }) {
  return (
    <figure className={`design-state${wide ? " design-wide" : ""}`}>
      <div className="design-stand">{children}</div>
      <figcaption>{name}</figcaption>
    </figure>
  );
}
