// For tests of what has nothing to do with disk images.
import { createImageCache } from '../images/image-cache';
import { createSimulatedImageTool } from '../images/simulated';
import { createFaults } from '../simulated-faults';

export const noImages = createImageCache({
  folder: '/nonexistent',
  tool: createSimulatedImageTool(createFaults()),
});
