import type { ProblemWords } from '../problem-words.ts'

export const fr: ProblemWords = {
  neutral: {
    account: 'le compte',
    tenant: 'ce locataire',
    other: 'une autre entreprise',
    person: 'la personne qui l’a envoyé',
    permission: 'l’une des trois',
    feature: 'Consentry',
    reference: 'un numéro du journal',
    id: 'qui les a scellées',
  },
  permissions: {
    user_impersonation: {
      title: 'Agir dans l’Espace partenaires',
      feature: 'tout dans l’Espace partenaires',
    },
    'PartnerBilling.Read.All': {
      title: 'Lire les rapports de facturation',
      feature: 'les rapports de facturation',
    },
    offline_access: { title: 'Rester connecté', feature: 'le renouvellement nocturne' },
  },
  codes: {
    consent_declined: [
      'Rien n’a été accordé',
      'Quelqu’un a choisi Annuler chez Microsoft. Rien n’a été enregistré. Recommencez quand vous êtes prêt.',
    ],
    no_right_to_grant: [
      'Ce compte ne peut pas accorder d’autorisations',
      'Il faut pour cela le rôle Administrateur de rôle privilégié (Privileged Role Administrator) dans Microsoft Entra. Connectez-vous avec un compte qui l’a, ou envoyez le lien à une personne qui l’a.',
    ],
    approval_pending: [
      'Microsoft attend une approbation',
      'La demande est partie vers les administrateurs du locataire. Recommencez dès que l’un d’eux l’a approuvée.',
    ],
    app_blocked: [
      'Le locataire n’admet pas cette application',
      'Une règle y bloque les applications que personne n’a approuvées. Demandez à son administrateur d’autoriser Consentry sous Applications d’entreprise (Enterprise applications).',
    ],
    wrong_tenant: [
      'Vous vous êtes connecté à un autre locataire',
      'Le compte appartient à une autre entreprise que celle demandée. Rien n’a été enregistré. Reconnectez-vous et choisissez « Utiliser un autre compte ».',
    ],
    guest_account: [
      'Ce compte n’y est qu’invité',
      'Les invités d’un locataire ne peuvent pas agir pour lui dans l’Espace partenaires. Rien n’a été enregistré. Utilisez un compte créé dans {tenant} même.',
    ],
    other_account: [
      'Un autre compte qu’auparavant',
      'Les droits des deux comptes peuvent différer. Décidez avec lequel ce locataire doit fonctionner.',
    ],
    link_ended: [
      'Ce lien ne fonctionne plus',
      'Il a servi, a été remplacé, ou son délai est passé. Demandez-en un nouveau. Qui peut vous le donner : {person}.',
    ],
    other_browser: [
      'Ce parcours a commencé dans un autre navigateur',
      'Par sécurité, il doit finir dans le navigateur où il a commencé. Rien n’a été enregistré. Ouvrez de nouveau le lien dans ce navigateur.',
    ],
    answer_mismatch: [
      'Cette réponse ne va pas avec notre question',
      'C’est peut-être une ancienne page ou un clic répété. Rien n’a été enregistré. Recommencez depuis Consentry, pas depuis l’historique du navigateur.',
    ],
    took_too_long: [
      'La connexion a pris trop de temps',
      'La réponse de Microsoft est arrivée après les dix minutes permises. Recommencez ; ayez la seconde étape sous la main.',
    ],
    interrupted: [
      'Consentry a été arrêté au milieu',
      'Il a redémarré après votre retour de chez Microsoft et avant que la connexion soit scellée. Appuyez de nouveau sur Mettre à jour, ou ouvrez de nouveau le lien dans le même navigateur.',
    ],
    no_lasting_sign_in: [
      'Microsoft n’a pas donné de connexion durable',
      'L’autorisation « rester connecté » a été laissée de côté. Reconnectez-vous et accordez les trois autorisations.',
    ],
    mfa_missing: [
      'La connexion s’est faite sans seconde étape',
      'Le compte n’a utilisé que son mot de passe ; l’Espace partenaires le refuse, et l’étape ne peut pas être ajoutée après coup. Configurez la MFA pour {account}, puis reconnectez-vous et faites la seconde étape.',
    ],
    permission_missing: [
      'Il manque une autorisation : {permission}',
      'Elle est nécessaire pour {feature} et n’a pas été accordée. Reconnectez-vous et accordez-la.',
    ],
    no_partner_center: [
      'L’Espace partenaires n’existe pas dans ce locataire',
      'Microsoft n’y trouve aucun service Espace partenaires ; c’est peut-être le locataire d’un client. Vérifiez que c’est bien l’ID Microsoft de votre locataire partenaire.',
    ],
    indirect_reseller: [
      'Les revendeurs indirects n’ont pas accès à ces données',
      'Microsoft les ouvre uniquement aux partenaires à facturation directe et aux fournisseurs indirects. Se reconnecter ne peut rien y changer. Demandez les données de facturation à votre fournisseur indirect.',
    ],
    other_company: [
      'L’Espace partenaires a répondu pour une autre entreprise',
      'Demandé : {tenant} ; réponse pour : {other}. Rien n’a été enregistré. Utilisez un compte qui travaille uniquement dans {tenant}.',
    ],
    role_missing: [
      'Le compte n’est pas Agent d’administration (Admin Agent)',
      'L’Espace partenaires ne laisse que ce rôle lire les données partenaire ; il se donne dans l’Espace partenaires, pas dans Entra. Ouvrez {account} sous Paramètres du compte, Gestion des utilisateurs, donnez ce rôle, puis testez de nouveau.',
    ],
    agreement_missing: [
      'Le Contrat Partenaire Microsoft n’est pas accepté',
      'L’Espace partenaires ne répond rien avant cela. Acceptez-le dans l’Espace partenaires, puis testez de nouveau.',
    ],
    programme_inactive: [
      'Le programme revendeur n’est pas actif',
      'Pour Microsoft, ce locataire est inactif. Adressez-vous au support partenaire de Microsoft ; rien ne peut être fait ici.',
    ],
    partner_center_refused: [
      'L’Espace partenaires a refusé le compte',
      'La connexion fonctionne, mais l’Espace partenaires ne laisse pas {account} lire ce locataire. Vérifiez son rôle sous Paramètres du compte, Gestion des utilisateurs dans l’Espace partenaires, puis testez de nouveau.',
    ],
    graph_refused: [
      'Une règle bloque le service de données de Microsoft',
      'L’Espace partenaires fonctionne, mais une règle du locataire arrête ce compte dans Microsoft Graph. Demandez à son administrateur d’exclure le compte de cette règle, puis reconnectez-vous.',
    ],
    billing_refused: [
      'Le compte ne peut pas lire la facturation',
      'La connexion et l’Espace partenaires fonctionnent ; la facturation demande un droit de plus. Ouvrez {account} sous Paramètres du compte, Gestion des utilisateurs, donnez le rôle Administrateur de facturation (Billing admin) ou Agent d’administration, puis testez de nouveau.',
    ],
    grant_refused: [
      'Microsoft n’accepte pas cette connexion',
      'Il n’a donné aucune raison que nous connaissions ; son message figure ci-dessous. Reconnectez-vous.',
    ],
    signed_out: [
      'Microsoft a mis fin à cette connexion',
      'Un administrateur a déconnecté le compte partout ou réinitialisé son mot de passe. Reconnectez-vous.',
    ],
    expired: [
      'La connexion a expiré',
      'Elle n’a pas été renouvelée pendant 90 jours, le maximum que permet Microsoft. Reconnectez-vous ; dès lors, elle est renouvelée chaque nuit.',
    ],
    mfa_too_old: [
      'La seconde étape de connexion est à refaire',
      'Ce locataire la demande à intervalles réguliers, et la dernière est trop ancienne. Reconnectez-vous avec la seconde étape.',
    ],
    sign_in_frequency: [
      'Le locataire veut régulièrement une nouvelle connexion',
      'Une règle y met fin à chaque connexion après un délai fixe. Demandez à son administrateur d’exclure {account} de cette règle, puis reconnectez-vous.',
    ],
    mfa_setup: [
      'Le compte doit configurer sa seconde étape',
      'Le locataire exige désormais la MFA et {account} n’en a pas. Configurez-la en vous reconnectant.',
    ],
    policy_block: [
      'Une règle du locataire bloque cette connexion',
      'Microsoft l’appelle Accès conditionnel (Conditional Access). Se reconnecter ne suffit pas. Demandez à son administrateur d’autoriser {account} pour cette application, puis reconnectez-vous.',
    ],
    device_required: [
      'Le locataire n’admet que des appareils connus',
      'Un serveur n’a pas un tel appareil. Demandez à son administrateur d’exclure le compte de service de cette règle.',
    ],
    password_expired: [
      'Le mot de passe du compte a expiré',
      'Microsoft en veut d’abord un nouveau. Définissez-le chez Microsoft, puis reconnectez-vous.',
    ],
    account_disabled: [
      'Le compte a été désactivé ou supprimé',
      'Microsoft n’accepte plus {account}. Réactivez-le, ou connectez-vous avec un autre compte.',
    ],
    account_locked: [
      'Le compte est verrouillé pour le moment',
      'Trop de mots de passe inexacts, ou une adresse suspecte. Attendez une heure ; si cela dure, adressez-vous à son administrateur.',
    ],
    app_removed: [
      'Consentry y a été retiré ou désactivé',
      'Quelqu’un a supprimé ou désactivé l’application dans {tenant}. Reconnectez-vous pour l’autoriser, ou réactivez-la sous Applications d’entreprise (Enterprise applications).',
    ],
    tenant_not_found: [
      'Microsoft ne connaît pas ce locataire',
      'Aucun locataire n’a cet ID dans ce cloud de Microsoft. Voyez s’il manque un caractère, ou copiez-le de nouveau.',
    ],
    wrong_cloud: [
      'Ce locataire est dans un autre cloud Microsoft',
      'Cette adresse sert uniquement son propre cloud Microsoft. Utilisez l’adresse Consentry de ce cloud.',
    ],
    microsoft_slow: [
      'Microsoft est lent pour le moment',
      'Il n’a pas bien répondu, ou nous a demandé d’attendre. Rien n’est perdu. Il n’y a rien à faire ; la suite se fait d’elle-même.',
    ],
    microsoft_answered_badly: [
      'Microsoft a répondu d’une façon que nous ne comprenons pas',
      'La réponse n’avait pas la forme que Microsoft documente. Rien n’a été changé. Réessayez ; si cela dure, donnez les ID ci-dessous au support Microsoft.',
    ],
    app_secret: [
      'Le secret de Consentry chez Microsoft a expiré',
      'Tous les locataires sont concernés. Vous n’avez à vous connecter nulle part. C’est à l’exploitant de Consentry d’en ajouter un nouveau.',
    ],
    app_misconfigured: [
      'L’inscription d’application de Consentry ne convient pas',
      'Microsoft refuse quelque chose que seule l’inscription peut changer ; son message figure ci-dessous. C’est à l’exploitant de Consentry de corriger l’inscription d’application.',
    ],
    application_secret: [
      'Le secret de l’application propre au locataire ne vaut plus',
      'Microsoft n’accepte pas ce que Consentry a pour l’application que ce locataire a inscrite lui-même. Les autres locataires ne sont pas concernés, et personne n’a à se connecter. Créez pour elle un nouveau secret ou certificat dans Microsoft Entra, sous Inscriptions d’applications, puis saisissez-le dans Consentry.',
    ],
    application_misconfigured: [
      'L’inscription d’application propre au locataire ne convient pas',
      'Microsoft refuse quelque chose que seule l’inscription peut changer ; son message figure plus bas. Corrigez-la dans Microsoft Entra : l’adresse de redirection de Consentry, de type Web, et les autorisations.',
    ],
    keys_missing: [
      'Les connexions enregistrées ne peuvent pas être ouvertes',
      'Il manque au trousseau la clé {id}. Rien n’est perdu d’ici son retour. C’est à l’exploitant de Consentry de remettre cette clé.',
    ],
    keys_wrong: [
      'Les connexions enregistrées ne peuvent pas être ouvertes',
      'La clé {id} du trousseau n’est pas celle du scellement, bien qu’elle en porte le nom. Rien n’est perdu d’ici le retour de la bonne. C’est à l’exploitant de Consentry de remettre cette clé.',
    ],
    vault_away: [
      'Le coffre de clés ne répond pas',
      'Les connexions enregistrées s’ouvrent avec une clé d’un coffre qui est absent ou demande d’attendre. Rien n’est perdu, et ce qui est déjà ouvert continue. Il n’y a rien à faire ; cela reprend tout seul quand le coffre répond.',
    ],
    vault_refused: [
      'Le coffre de clés refuse sa clé',
      'Rien n’est perdu d’ici à ce que ce soit réparé. C’est à l’exploitant de Consentry de rétablir l’accès au coffre de clés.',
    ],
    sealed_altered: [
      'Ce qui est enregistré pour ce locataire a été modifié',
      'Cela a été changé ou déplacé dans la base de données, et n’est donc pas utilisé. Rien n’a été envoyé à Microsoft. Recommencez ; si cela dure, dites-le à l’exploitant de Consentry.',
    ],
    not_recorded: [
      'Consentry n’a pas pu le consigner',
      'Tout ce qui se fait ici est d’abord consigné, et le journal d’audit ne peut pas être écrit pour le moment. Rien n’a été fait. Réessayez dans quelques secondes ; si cela dure, dites-le à l’exploitant de Consentry.',
    ],
    malformed_request: [
      'Cette demande n’est pas lisible',
      'Ce que votre navigateur a envoyé n’a pas la forme attendue. Ouvrez de nouveau le lien, tel que vous l’avez reçu.',
    ],
    cross_site: [
      'Cette demande vient d’un autre site',
      'Les changements ne sont acceptés que depuis nos propres pages. Ouvrez vous-même le lien dans ce navigateur.',
    ],
    not_found: [
      'Il n’y a rien ici',
      'Cela a été retiré, ou appartient à un autre navigateur ou à une autre organisation. Ouvrez de nouveau le lien que vous avez reçu.',
    ],
    too_large: ['La demande est trop grande', 'Elle peut avoir jusqu’à 100 ko. Envoyez-en moins à la fois.'],
    too_many_requests: [
      'Trop de demandes',
      'Après une courte attente, tout reprend. Rechargez cette page dans une minute.',
    ],
    not_ready: [
      'Consentry n’est pas prêt',
      'Il ne peut pas être utilisé pour le moment. Dès que c’est réparé, il répond de nouveau ; rechargez cette page dans une minute.',
    ],
    server_error: [
      'Consentry n’a pas pu le faire',
      'C’est notre faute, et c’est noté sous {reference}. Rien n’a été changé. Réessayez ; si cela dure, donnez ce numéro à l’exploitant de Consentry.',
    ],
  },
}
