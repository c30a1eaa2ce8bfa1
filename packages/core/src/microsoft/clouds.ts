/** Microsoft's national clouds: where each service lives, and what its tokens are called. */

export type CloudName = 'global' | 'usgov' | 'china'

export type Cloud = {
  readonly name: CloudName
  readonly title: string
  readonly login: string
  readonly partnerCenter: string
  readonly graph: string
  readonly arm: string
  /** Report blobs are fetched only from hosts that end so. */
  readonly blobDomain: string
  /** The partner billing export exists here. */
  readonly partnerBilling: boolean
  /** `cloud_instance_name` of the cloud's discovery documents. */
  readonly instanceName: string
}

// Hosts: learn.microsoft.com/partner-center/developer/partner-center-rest-urls and
// learn.microsoft.com/entra/identity-platform/authentication-national-cloud. Partner Center serves US government
// partners from its global host.
export const CLOUDS: Readonly<Record<CloudName, Cloud>> = {
  global: {
    name: 'global',
    title: 'global',
    login: 'https://login.microsoftonline.com',
    partnerCenter: 'https://api.partnercenter.microsoft.com',
    graph: 'https://graph.microsoft.com',
    arm: 'https://management.azure.com',
    blobDomain: '.blob.core.windows.net',
    partnerBilling: true,
    instanceName: 'microsoftonline.com',
  },
  usgov: {
    name: 'usgov',
    title: 'US government',
    login: 'https://login.microsoftonline.us',
    partnerCenter: 'https://api.partnercenter.microsoft.com',
    graph: 'https://graph.microsoft.us',
    arm: 'https://management.usgovcloudapi.net',
    blobDomain: '.blob.core.usgovcloudapi.net',
    partnerBilling: false,
    instanceName: 'microsoftonline.us',
  },
  china: {
    name: 'china',
    title: 'China',
    login: 'https://login.partner.microsoftonline.cn',
    partnerCenter: 'https://partner.partnercenterapi.microsoftonline.cn',
    graph: 'https://microsoftgraph.chinacloudapi.cn',
    arm: 'https://management.chinacloudapi.cn',
    blobDomain: '.blob.core.chinacloudapi.cn',
    partnerBilling: false,
    instanceName: 'partner.microsoftonline.cn',
  },
}

/** True for addresses of this machine, where plain http is harmless. */
export function isLoopback(url: URL): boolean {
  const host = url.hostname
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}
