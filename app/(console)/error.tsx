'use client';
import { ErrorPanel } from '@/components/ui/ErrorPanel';

type Props = { error: Error & { digest?: string }; reset: () => void };

/** Inside the frame, so that one can go on elsewhere. */
export default function ErrorInConsole({ error, reset }: Props) {
  return (
    <div className="mx-auto w-full max-w-xl pt-16">
      <ErrorPanel error={error} onRetry={reset} />
    </div>
  );
}
