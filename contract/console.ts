// Why a console's WebSocket was closed, so that the page knows whether to connect again, say why not, or ask to sign in.
export const consoleCloseCodes = {
  /** Signed out, expired, password changed, user disabled. */
  sessionEnded: 4401,
  /** The instance has another owner now, or the role was lost. */
  rightLost: 4403,
  instanceGone: 4404,
  /** The machine stopped, or the node closed the console; a new ticket may open it again. */
  consoleEnded: 4410,
  /** The control plane restarts; try again. */
  goingAway: 1001,
  /** The control plane cannot check rights at present; try again. */
  tryAgainLater: 1013,
} as const;
