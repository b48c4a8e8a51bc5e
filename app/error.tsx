'use client';
import { ErrorPanel } from '@/components/ui/ErrorPanel';

type Props = { error: Error & { digest?: string }; reset: () => void };

export default function ErrorPage({ error, reset }: Props) {
  return (
    <main className="mx-auto grid min-h-screen max-w-xl place-content-center p-6">
      <title>Corral</title>
      <ErrorPanel error={error} onRetry={reset} />
    </main>
  );
}
