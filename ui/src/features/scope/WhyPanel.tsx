import type { ProofTarget } from "../../api/bindings";
import { DetailsPanel } from "../../ui/DetailsPanel";
import { WhyFacts } from "./WhyFacts";

/** A mailbox of the last proof, and why the integration can or can't reach it. */
export function WhyPanel({
  organization,
  target,
  onClose,
  onPrevious,
  onNext,
}: {
  organization: number;
  target: ProofTarget;
  onClose: () => void;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
}) {
  return (
    <DetailsPanel
      title={target.display_name}
      subtitle={target.upn}
      subject={target.object_id}
      onClose={onClose}
      onPrevious={onPrevious}
      onNext={onNext}
    >
      <WhyFacts key={target.object_id} organization={organization} mailbox={target.object_id} />
    </DetailsPanel>
  );
}
