/** Switches where Microsoft's behaviour varies, has changed over time, or is not documented. */
export type Settings = {
  /** `entra`: a used refresh token stays valid. `strict`: single use; reuse revokes its family. */
  rotation: 'entra' | 'strict'
  /** Between the parts of `error_description`: CR LF in older captures, a space since 2023. */
  errorSeparator: '\r\n' | ' '
  /** What global discovery says about a tenant of another national cloud. */
  otherCloudDiscovery: 'metadata' | '90038' | '90002'
  /** Seconds until the token service knows of a new consent. */
  consentPropagationSeconds: number
  /** Identical token requests tolerated within the window; one more answers 50196. */
  loopLimit: number
  loopWindowSeconds: number
  /** Access token lifetime, both included; a random value between is given. */
  accessTokenSeconds: { min: number; max: number }
  /** Whether `scope` in answers for Graph carries the resource prefix. */
  graphScopePrefix: boolean
  /** 90095 instead of 90094 for a user who may not consent. */
  adminConsentWorkflow: boolean
  /** Shape of a 401 at Partner Center: its own fault body, the gateway's, or nothing. */
  partnerUnauthorized: 'fault' | 'gateway' | 'empty'
  /** v1 line items of new-commerce invoices, retired in 2025. */
  retiredLineItems: 'empty' | 'error'
  /** Billing exports: answers before the result, and the Retry-After of a running one (null for none). */
  exportNotStartedPolls: number
  exportRunningPolls: number
  exportRetryAfter: number | null
  /** `link`: the operation names the manifest. `inline`: it contains it. */
  manifestVariant: 'link' | 'inline'
  manifestDataFormat: 'compressedJSON' | 'compressedJSONLines'
  /** A line's total: `Total` in Microsoft's reconciliation file reference, `TotalForCustomer` on v1 line items. */
  totalAttribute: 'Total' | 'TotalForCustomer'
  /** Most lines of one blob; a bigger export has several blobs. */
  linesPerBlob: number
  sasSeconds: number
  /** Entries kept in `requests`; the oldest go first. */
  requestLogLimit: number
}

export function defaultSettings(): Settings {
  return {
    rotation: 'entra',
    errorSeparator: ' ',
    otherCloudDiscovery: 'metadata',
    consentPropagationSeconds: 0,
    loopLimit: 15,
    loopWindowSeconds: 10,
    accessTokenSeconds: { min: 3600, max: 5400 },
    graphScopePrefix: true,
    adminConsentWorkflow: false,
    partnerUnauthorized: 'fault',
    retiredLineItems: 'empty',
    exportNotStartedPolls: 1,
    exportRunningPolls: 1,
    exportRetryAfter: 1,
    manifestVariant: 'link',
    manifestDataFormat: 'compressedJSON',
    totalAttribute: 'Total',
    linesPerBlob: 100_000,
    sasSeconds: 12 * 3600,
    requestLogLimit: 100_000,
  }
}
