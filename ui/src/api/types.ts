// The documents of /api/v1.

export interface Session {
  signedIn: boolean
  signInRequired: boolean
  user?: string
  userId?: string
  displayName?: string
  admin?: boolean
  expiresAt?: string
  // Other places to sign in at.
  providers?: SessionProvider[]
}

export interface SessionProvider {
  id: string
  name: string
  loginUrl: string
}

export interface System {
  version: string
  commit: string
  startedAt: string
  uptimeSeconds: number
  auth: 'token' | 'basic' | 'none'
  database: 'sqlite' | 'postgresql'
  tls: boolean
  url: string
}

export interface Repository {
  name: string
  tags: number
  manifests: number
  updatedAt: string
  uniqueBytes?: number
  sharedBytes?: number
  // Seen by its creator and by administrators only.
  private?: boolean
  createdBy?: string
}

export interface Tag {
  tag: string
  digest: string
  mediaType: string
  artifactType?: string
  size: number
  platforms: string[]
  updatedAt: string
}

export interface Image extends Tag {
  repository: string
}

export interface Descriptor {
  digest: string
  mediaType: string
  size: number
}

export interface ImagePlatform extends Descriptor {
  platform: string
  os?: string
  architecture?: string
  variant?: string
  attestation: boolean
}

export interface Healthcheck {
  test: string[]
  intervalMilliseconds?: number
  timeoutMilliseconds?: number
  startPeriodMilliseconds?: number
  retries?: number
}

export interface ImageConfig {
  created?: string
  author?: string
  os?: string
  architecture?: string
  variant?: string
  user?: string
  workingDir?: string
  entrypoint?: string[]
  cmd?: string[]
  env?: string[]
  exposedPorts?: string[]
  volumes?: string[]
  labels?: Record<string, string>
  stopSignal?: string
  healthcheck?: Healthcheck
}

export interface Layer extends Descriptor {
  diffId?: string
  createdBy?: string
  comment?: string
  created?: string
}

export interface HistoryEntry {
  created?: string
  createdBy?: string
  comment?: string
  emptyLayer: boolean
  layer?: number
}

export interface ImageDetail {
  repository: string
  reference: string
  digest: string
  mediaType: string
  artifactType?: string
  // Not known of an index in a remote registry.
  size?: number
  pushedAt?: string
  tags?: string[]
  annotations: Record<string, string>
  subject?: Descriptor
  platforms: ImagePlatform[]
  config?: ImageConfig
  // Why there is no config.
  configProblem?: string
  layers?: Layer[]
  history?: HistoryEntry[]
}

export interface FieldChange {
  // "env PATH", "label maintainer", "entrypoint", …
  field: string
  before: string | null
  after: string | null
}

export interface ImageDiff {
  equal: boolean
  fields: FieldChange[]
  shared: Descriptor[]
  removed: Descriptor[]
  added: Descriptor[]
  sizeDifference: number
}

export interface Referrer extends Descriptor {
  artifactType?: string
  annotations: Record<string, string>
}

export interface Storage {
  objects: number
  bytes: number
  logicalBytes: number
  repositories: number
  tags: number
  manifests: number
}

export interface StorageSample extends Storage {
  at: string
}

export interface Collection {
  dryRun: boolean
  manifests: number
  objects: number
  bytes: number
  uploads: number
}

export type TestStepName = 'address' | 'dns' | 'connect' | 'tls' | 'registry' | 'sign-in'

export interface TestStep {
  step: TestStepName
  ok: boolean
  message: string
  milliseconds: number
}

export interface RegistryTest {
  ok: boolean
  at: string
  steps: TestStep[]
}

export interface Registry {
  id: string
  name: string
  url: string
  host: string
  plainHttp: boolean
  user?: string
  hasPassword: boolean
  tlsVerify: boolean
  hasCaCertificate: boolean
  createdAt: string
  updatedAt: string
  lastTest?: RegistryTest
}

export interface Upload {
  id: string
  name: string
  size: number
  offset: number
  createdAt: string
  expiresAt: string
  complete: boolean
}

export type ArchiveFormat = 'docker-archive' | 'oci-archive'

export interface UploadedImage {
  name: string
  platforms: string[]
  size: number
}

export interface UploadedImages {
  format: ArchiveFormat
  items: UploadedImage[]
}

export type OperationState = 'pending' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'interrupted'

export interface ProgressPart {
  part: number
  parent?: number
  name: string
  done: number
  total?: number
}

export interface Progress {
  done: number
  total?: number
  rate?: number
  secondsLeft?: number
  parts: ProgressPart[]
}

export interface Failure {
  kind: string
  message: string
}

export interface Operation {
  id: string
  type: string
  title: string
  state: OperationState
  input: Record<string, unknown>
  resources: string[]
  requestedBy: string
  createdAt: string
  startedAt?: string
  finishedAt?: string
  retryOf?: string
  progress?: Progress
  result?: Record<string, unknown>
  error?: Failure
}

export interface OperationEventBase {
  operation?: string
  sequence: number
  at: string
}

export type OperationEvent = OperationEventBase &
  (
    | { kind: 'state'; payload: { state: OperationState; error?: Failure } }
    | { kind: 'progress'; payload: Progress }
    | { kind: 'log'; payload: { line: string } }
    | { kind: 'result'; payload: Record<string, unknown> }
  )
