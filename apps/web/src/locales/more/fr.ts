import type { MoreMessages } from '../messages.ts'

/** French words of pages that nobody meets first. */
export const fr: MoreMessages = {
  customers: {
    title: 'Clients',
    titleOf: 'Clients de {tenant}',
    lead: 'Les autorisations que Consentry a dans les locataires de vos clients. Vous les accordez au nom du client ; personne n’a à s’y connecter.',
    viewer: 'Pour accorder ou retirer, adressez-vous à un admin.',
    show: 'Quels clients',
    views: { granted: 'Accordées par nous', all: 'Tous les clients' },
    grantedCount: 'Accordées par nous ({n})',
    showAll: 'Montrer tous les clients',
    search: { granted: 'Nom, domaine ou ID du locataire', all: 'Début du nom, ou un domaine' },
    nothing: 'Rien n’est encore accordé dans le locataire d’un client.',
    nobody: 'L’Espace partenaires ne cite aucun client.',
    range: 'Clients {from} à {to}',
    customer: 'Client',
    states: {
      none: 'Rien d’accordé',
      granting: 'Pas encore su',
      granted: 'Accordé',
      revoking: 'Pas encore su',
      revoked: 'Retiré',
      failed: 'Refusé',
    },
    unknown: {
      granting:
        'La demande d’accord a été faite à Microsoft, et sa réponse n’est pas là. Accorder de nouveau est sans risque.',
      revoking:
        'La demande de retrait a été faite à Microsoft, et sa réponse n’est pas là. Retirer de nouveau est sans risque.',
    },
    uncertain:
      'Un consentement existait déjà, et Microsoft ne dit pas ce qu’il contient. Pour en être sûr, retirez-le et accordez de nouveau.',
    permissions: 'Autorisations',
    more: 'et {n} autre | et {n} autres',
    when: 'Depuis',
    by: '{date}, par {person}',
    grant: 'Accorder des autorisations',
    grantIt: 'Accorder',
    grantAgain: 'Accorder de nouveau',
    change: 'Changer',
    takeBack: 'Retirer',
    named: '{what} : {customer}',
    toTenant: 'Ouvrir le locataire',
    grantTitleOf: 'Accorder des autorisations : {customer}',
    field: {
      label: 'Client',
      hint: 'ID du locataire, domaine, ou début du nom.',
      id: 'L’Espace partenaires sera interrogé sur ce locataire au moment d’accorder.',
      looking: 'Recherche dans l’Espace partenaires',
      nobody: 'Aucun client de ce locataire partenaire ({tenant}) ne commence ainsi.',
      which: 'Quel client',
    },
    what: 'Ce qui est accordé',
    reasons: {
      Directory_Read_All: 'Pour lire les utilisateurs, groupes et licences du client.',
      User_Read: 'Pour s’y connecter avec le compte du partenaire.',
    },
    further: 'Ajouter d’autres autorisations',
    scopes: 'Autorisations',
    scopesHint: 'Leurs noms séparés par des espaces, comme Application.Read.All.',
    api: 'ID d’application de l’API',
    apiHint: 'Vide : Microsoft Graph.',
    replaces: 'Cela remplace ce qui y est accordé maintenant ; pendant un instant, rien ne l’est.',
    done: 'Accordé',
    revokeTitle: 'Retirer tout ce qui est accordé ici : {customer} ?',
    revokeText:
      'Consentry y perd aussitôt toutes ses autorisations, et ce qui s’en sert est refusé. Vous pouvez accorder de nouveau à tout moment.',
    keep: 'Garder',
    revoked: 'Retiré',
    gdap: {
      title: 'Ce que Microsoft demande avant que vous puissiez accorder',
      lead: 'Les quatre, pour chaque client. Microsoft appelle cela les privilèges d’administrateur délégués granulaires (GDAP).',
      agent: 'Le compte est Agent d’administration : {account}',
      agentWhere:
        'Espace partenaires, Paramètres du compte, Gestion des utilisateurs : pour le compte, « Aide vos clients en tant que », Agent d’administration. Il est alors dans le groupe AdminAgents.',
      relationship: 'Le client a approuvé une relation d’administration avec vous',
      relationshipWhere:
        'Espace partenaires, Clients, le client, Relations d’administration : l’une d’elles est active et n’a pas expiré.',
      role: 'La relation contient un rôle qui peut accorder',
      roleWhere:
        'Administrateur général, Administrateur de rôle privilégié ou Administrateur d’application cloud ; le dernier suffit.',
      group: 'Un de vos groupes de sécurité y a ce rôle, et le compte en fait partie',
      groupWhere:
        'Dans la relation, sous Groupes de sécurité. Il faut quelques minutes pour que Microsoft connaisse partout un changement.',
      old: 'L’ancienne administration déléguée (DAP) ne suffit pas.',
      more: 'La page de Microsoft sur GDAP',
    },
  },
}
