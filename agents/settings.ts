// Settings that the control plane gives a node and the node keeps: `<data>/settings.json`.
import path from 'node:path';
import { z } from 'zod';
import { AcceleratorSetting } from '@/contract/schemas/node';
import { readText, writeDurably } from './durable-file';

const Settings = z.object({ accelerator: AcceleratorSetting.default('auto') });
export type Settings = z.infer<typeof Settings>;

export async function readSettings(dataDir: string): Promise<Settings> {
  return Settings.parse(JSON.parse((await readText(fileIn(dataDir))) ?? '{}'));
}

export async function writeSettings(dataDir: string, settings: Settings): Promise<void> {
  await writeDurably(fileIn(dataDir), JSON.stringify(settings));
}

const fileIn = (dataDir: string) => path.join(dataDir, 'settings.json');
