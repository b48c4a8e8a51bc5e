// Waits until a hypervisor driver reports a state of an instance; also when it already is so.
import type { ObservedInstance } from '@/contract/agent-calls';
import type { Hypervisor } from '../hypervisors/hypervisor';

export function whenState(
  driver: Hypervisor,
  id: string,
  operState: ObservedInstance['operState'],
): Promise<ObservedInstance> {
  return new Promise((resolve) => {
    const look = (observed: ObservedInstance | undefined) => {
      if (observed?.id !== id || observed.operState !== operState) return;
      stop();
      resolve(observed);
    };
    const stop = driver.onChange(look);
    look(driver.list().find((observed) => observed.id === id));
  });
}
