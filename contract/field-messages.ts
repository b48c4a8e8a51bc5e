// What can be wrong with a field, in English for those who call the API. Pages show the text of their own language that has the same key
// (messages: form.problems).
export const fieldMessages = {
  nameMissing: 'Enter a name.',
  nameTooLong: 'A name has at most 128 characters.',
  hostNameForm:
    'Use lower-case letters, digits, hyphens and dots; start and end each part with a letter or digit.',
  hostNameLikeAddress: 'A name must not look like an address.',
  clusterNameTooLong: 'A name has at most 63 characters.',
  clusterNameForm: 'Use lower-case letters, digits and hyphens.',
  loginMissing: 'Enter a sign-in name.',
  loginForm: 'Use a short name or an e-mail address.',
  loginTaken: 'This sign-in name is taken.',
  personNameForm: 'Use one line of printable characters.',
  passwordTooShort: 'Use at least 12 characters.',
  passwordWrong: 'This is not your current password.',
  diskNameForm: 'Use letters, digits and _ . - with a letter or digit first.',
  diskNameTooLong: 'A name has at most 63 characters.',
  diskNameTaken: 'Another disk of the instance has this name.',
  ideReadOnly: 'A disk on an IDE bus cannot be read-only.',
  bridgeForm: 'Not a bridge name.',
  xenUserNic: 'Under Xen a NIC is in a bridge: there is no user network.',
  isoForm: 'Not an ISO file name.',
  disksOnDiskless: 'A diskless instance has no disks.',
  disksMissing: 'Add a disk, or choose diskless.',
  disksTooLarge: 'The disks together are larger than any instance may have.',
  tinyDisk: 'The tiny OS needs a first disk of at least 32 MiB.',
  scriptDisk: 'An OS that is installed by scripts needs a disk.',
  tinyMemory: 'The tiny OS needs at least 96 MiB of memory.',
  minMemory: 'The least memory cannot be more than all of it.',
  kernelMissing: 'An initial RAM disk, kernel arguments and a root device need a kernel.',
  foreignParam: 'Its hypervisor does not know this parameter, or not this value.',
  runtimeMemory: 'Choose between the least and all of its memory.',
  secondaryUnfit: 'Only mirrored disks have a secondary node, and it is another one than the primary.',
  tinyNowhere: 'No node that is online has the tiny OS.',
  ownerUnknown: 'This owner does not exist.',
  ownerDisabled: 'This owner is disabled.',
  imageNameForm: 'Use at most 64 letters, digits, spaces and . _ + - ( ), beginning with a letter or digit.',
  imageTooLarge: 'An image has at most 64 GiB.',
  imageUrl: 'Enter an address that begins with http:// or https://, without a password in it.',
  sha256Form: 'A SHA-256 checksum has 64 hexadecimal digits.',
  imageDisk: 'An image needs a disk.',
  imageUnknown: 'There is no such image in this cluster, or it is not ready.',
  imageNowhere: 'No node that is online can install disk images.',
  userDataForm:
    'User data are text that begins with #cloud-config, #! or another word that cloud-init knows.',
  userDataTooLong: 'User data have at most 16 KiB.',
  sshKeyForm: 'Enter public SSH keys, one on each line, as they stand in authorized_keys.',
  sshKeysTooMany: 'Enter at most 20 SSH keys.',
} as const;

export type FieldMessage = keyof typeof fieldMessages;

const isKey = (key: string): key is FieldMessage => key in fieldMessages;

/** null for a text that is more than one of these sentences. */
export function fieldMessageKey(text: string): FieldMessage | null {
  const key = Object.keys(fieldMessages).find((each) => isKey(each) && fieldMessages[each] === text);
  return key !== undefined && isKey(key) ? key : null;
}
