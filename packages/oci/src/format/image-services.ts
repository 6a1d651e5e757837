import { ServiceKey } from '@wheelhouse/element';

/** What sources of kinds `image` and `debian` get their content with. */
export interface ImageServices {
  /** Says where the engine is, where credentials for registries are, and where programs are. */
  readonly environment: NodeJS.ProcessEnv;
}

/** Binds {@link ImageServices}. */
export const IMAGE_SERVICES: ServiceKey<ImageServices> = new ServiceKey<ImageServices>('image');
