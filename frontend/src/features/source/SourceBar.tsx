import { useWords } from "../../i18n/language";
import { Icon } from "../../ui/Icon";
import { ProblemBox } from "../../ui/ProblemBox";
import { useCompact } from "../../ui/use-compact";
import { FileButton } from "./FileButton";
import { LinkForm } from "./LinkForm";
import { useSource } from "./source-store";
import { TransferBox } from "./TransferBox";

/** The source box at the top of a recording's page. */
export function SourceBar() {
  const { source } = useWords();
  const transfer = useSource((state) => state.transfer);
  const problem = useSource((state) => state.problem);
  const compact = useCompact();
  const dismiss = useSource((state) => state.dismiss);
  return (
    <div className="source-bar">
      {transfer ? (
        <TransferBox transfer={transfer} compact />
      ) : (
        <>
          <LinkForm placeholder={compact ? source.pasteLink : source.pasteOrDrop} />
          <FileButton className="icon-btn" ariaLabel={source.chooseFile}>
            <Icon name="file" />
          </FileButton>
        </>
      )}
      {problem && (
        <div className="source-problem">
          <ProblemBox problem={problem} onDismiss={dismiss} />
        </div>
      )}
    </div>
  );
}
