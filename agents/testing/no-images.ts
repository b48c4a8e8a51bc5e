// For tests of what has nothing to do with disk images.
import { createImageCache } from '../images/image-cache';
import { createSavedImages } from '../images/saved-images';
import { createSimulatedImageTool } from '../images/simulated';
import { createSimulatedExport } from '../os/simulated';
import { createFaults } from '../simulated-faults';

const faults = createFaults();
const tool = createSimulatedImageTool(faults);
const folder = '/nonexistent';

export const noImages = createImageCache({ folder, tool });
export const noSavedImages = createSavedImages({ folder, scripts: createSimulatedExport(faults), tool });
