// What is wished for one start, as its form holds it: texts, of which empty ones are left to the configuration.
import { HvParams, StartOverrides } from '@/contract/schemas/hv-params';

export const bootChoices = ['configured', 'iso', 'disk', 'network', 'kernel'] as const;
export type BootChoice = (typeof bootChoices)[number];

export const kernelTexts = ['kernelPath', 'initrdPath', 'kernelArgs', 'rootPath'] as const;
export type KernelText = (typeof kernelTexts)[number];

export type StartValues = { boot: BootChoice; iso: string; kernel: Record<KernelText, string> };

export const firstValues: StartValues = {
  boot: 'configured',
  iso: '',
  kernel: { kernelPath: '', initrdPath: '', kernelArgs: '', rootPath: '' },
};

/** The overrides, or null where what is entered is none; then `wrongTexts` says what of a kernel. */
export function toOverrides(values: StartValues): StartOverrides | null {
  return StartOverrides.safeParse(overridesOf(values)).data ?? null;
}

export function wrongTexts({ boot, kernel }: StartValues): KernelText[] {
  if (boot !== 'kernel') return [];
  return kernelTexts.filter((name) => {
    const text = kernel[name].trim();
    const isLeftOut = text === '' && name !== 'kernelPath';
    return !isLeftOut && !HvParams.shape[name].safeParse(text).success;
  });
}

/** Unchecked. A kernel that is configured would win over every device. */
function overridesOf({ boot, iso, kernel }: StartValues): Record<string, unknown> {
  switch (boot) {
    case 'configured':
      return {};
    case 'iso':
      return { bootOrder: 'cdrom', cdrom: iso, kernelPath: null };
    case 'disk':
    case 'network':
      return { bootOrder: boot, kernelPath: null };
    case 'kernel':
      return Object.fromEntries(
        kernelTexts
          .map((name) => [name, kernel[name].trim()])
          .filter(([name, text]) => name === 'kernelPath' || text !== ''),
      );
  }
}
