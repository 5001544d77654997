import { Fragment } from "react";
import { MORE_THAN, OR, readPrompt } from "./wordings";

/** A prompt's text with the signs between its wordings set back, so that the words stand out. */
export function RowWords({ prompt }: { prompt: string }) {
  const { wanted, against } = readPrompt(prompt);
  if (wanted.length + against.length === 1) return prompt;
  const side = (words: readonly string[]) =>
    words.map((wording, index) => (
      <Fragment key={wording}>
        {index > 0 && <i className="row-sign">{` ${OR} `}</i>}
        {wording}
      </Fragment>
    ));
  return (
    <>
      {side(wanted)}
      {against.length > 0 && <i className="row-sign">{` ${MORE_THAN} `}</i>}
      {side(against)}
    </>
  );
}
