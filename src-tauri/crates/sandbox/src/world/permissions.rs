/// The app id of Microsoft Graph, the same in every tenant.
pub const GRAPH_APP_ID: &str = "00000003-0000-0000-c000-000000000000";
/// The app id of Office 365 Exchange Online, the same in every tenant.
pub const EXCHANGE_APP_ID: &str = "00000002-0000-0ff1-ce00-000000000000";

/// An application permission as its API publishes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppRole {
    pub id: &'static str,
    pub value: &'static str,
}

/// A delegated permission as its API publishes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    pub id: &'static str,
    pub value: &'static str,
    /// Whether only an administrator may consent to it.
    pub admin: bool,
}

/// The application permissions that an API publishes; none for an unknown one.
pub fn roles_of(resource_app_id: &str) -> Vec<AppRole> {
    match resource_app_id {
        GRAPH_APP_ID => GRAPH.iter().filter(|(_, _, role, _)| !role.is_empty()).map(|&(value, _, id, _)| AppRole { id, value }).collect(),
        EXCHANGE_APP_ID => EXCHANGE_ROLES.iter().map(|&(value, id)| AppRole { id, value }).collect(),
        _ => Vec::new(),
    }
}

/// The delegated permissions that an API publishes; none for an unknown one.
pub fn scopes_of(resource_app_id: &str) -> Vec<Scope> {
    match resource_app_id {
        GRAPH_APP_ID => {
            GRAPH.iter().filter(|(_, scope, _, _)| !scope.is_empty()).map(|&(value, id, _, admin)| Scope { id, value, admin }).collect()
        }
        EXCHANGE_APP_ID => EXCHANGE_SCOPES.iter().map(|&(value, id)| Scope { id, value, admin: false }).collect(),
        _ => Vec::new(),
    }
}

/// Name, delegated scope id, application role id (empty: there is none), whether the scope needs an admin.
/// The ids are Microsoft's, from "Microsoft Graph permissions reference".
#[rustfmt::skip]
const GRAPH: &[(&str, &str, &str, bool)] = &[
    ("AppRoleAssignment.ReadWrite.All", "84bccea3-f856-4a8a-967b-dbe0a3d53a64", "06b708a9-e830-4db3-a914-8e69da51d44f", true),
    ("Application.Read.All", "c79f8feb-a9db-4090-85f9-90d820caa0eb", "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30", true),
    ("Application.ReadWrite.All", "bdfbf15f-ee85-4955-8675-146e8e5296b5", "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9", true),
    ("Application.ReadWrite.OwnedBy", "", "18a4783c-866b-4cc7-a460-3d5e5662c884", false),
    ("AuditLog.Read.All", "e4c9e354-4dc5-45b8-9e7c-e1393b0b1a20", "b0afded3-3588-46d8-8b3d-9842eff778da", true),
    ("Calendars.Read", "465a38f9-76ea-45b9-9f34-9e8b0d4b0b42", "798ee544-9d2d-430c-a058-570e29e34338", false),
    ("Calendars.Read.Shared", "2b9c4092-424d-4249-948d-b43879977640", "", false),
    ("Calendars.ReadBasic", "662d75ba-a364-42ad-adee-f5f880ea4878", "", true),
    ("Calendars.ReadBasic.All", "", "8ba4a692-bc31-4128-9094-475872af8a53", false),
    ("Calendars.ReadWrite", "1ec239c2-d7c9-4623-a91a-a9775856bb36", "ef54d2bf-783f-4e0f-bca1-3210c0444d99", false),
    ("Calendars.ReadWrite.Shared", "12466101-c9b8-439a-8589-dd09ee67e8e9", "", false),
    ("ConsentRequest.Create", "f2143d35-9b4b-480d-951c-d083e69eeb2c", "", true),
    ("ConsentRequest.Read", "5942b2f6-5a7b-40af-aa37-4b6ea5447506", "", false),
    ("ConsentRequest.Read.All", "f3bfad56-966e-4590-a536-82ecf548ac1e", "1260ad83-98fb-4785-abbb-d6cc1806fd41", true),
    ("ConsentRequest.ReadApprove.All", "e694a3a1-7878-46d8-8c29-3d195f6589f4", "", true),
    ("ConsentRequest.ReadWrite.All", "497d9dfa-3bd1-481a-baab-90895e54568c", "9f1b81a7-0223-4428-bfa4-0bcb5535f27d", true),
    ("Contacts.Read", "ff74d97f-43af-4b68-9f2a-b77ee6968c5d", "089fe4d0-434a-44c5-8827-41ba8a0b17f5", false),
    ("Contacts.Read.Shared", "242b9d9e-ed24-4d09-9a52-f43769beb9d4", "", false),
    ("Contacts.ReadWrite", "d56682ec-c09e-4743-aaf4-1a3aac4caa21", "6918b873-d17a-4dc1-b314-35f528134491", false),
    ("Contacts.ReadWrite.Shared", "afb6c84b-06be-49af-80bb-8f3f77004eab", "", false),
    ("DelegatedPermissionGrant.Read.All", "a197cdc4-a8e8-4d49-9d35-4ca7c83887b4", "81b4724a-58aa-41c1-8a55-84ef97466587", true),
    ("DelegatedPermissionGrant.ReadWrite.All", "41ce6ca6-6826-4807-84f1-1c82854f7ee5", "8e8e4742-1d95-4f68-9d56-6ee75648c72a", true),
    ("Directory.AccessAsUser.All", "0e263e50-5827-48a4-b97c-d940288653c7", "", true),
    ("Directory.Read.All", "06da0dbc-49e2-44d2-8312-53f166ab848a", "7ab1d382-f21e-4acd-a863-ba3e13f7da61", true),
    ("Directory.ReadWrite.All", "c5366453-9fb0-48a5-a156-24f0c49a4b84", "19dbc75e-c2e2-444c-a770-ec69d8559fc7", true),
    ("Domain.Read.All", "2f9ee017-59c1-4f1d-9472-bd5529a7b311", "dbb9058a-0e50-45d7-ae91-66909b5d4664", true),
    ("Domain.ReadWrite.All", "0b5d694c-a244-4bde-86e6-eb5cd07730fe", "7e05723c-0bb0-42da-be95-ae9f08a6e53c", true),
    ("EWS.AccessAsUser.All", "9769c687-087d-48ac-9cb3-c37dde652038", "", false),
    ("ExchangeMessageTrace.Read.All", "b2e7d27e-14e7-41ad-bb15-a88ceb9c3e90", "89b20d8a-76e2-4057-867b-9961f800b9a4", true),
    ("Files.Read", "10465720-29dd-4523-a11a-6a75c743c9d9", "", false),
    ("Files.Read.All", "df85f4d6-205c-4ac5-a5ea-6bf408dba283", "01d4889c-1287-42c6-ac1f-5d1e02578ef6", false),
    ("Files.ReadWrite", "5c28f0bf-8a70-41f1-8ab2-9032436ddb65", "", false),
    ("Files.ReadWrite.All", "863451e7-0667-486c-a5d6-d135439485f0", "75359482-378d-4052-8f01-80520e7db3cd", false),
    ("Files.ReadWrite.AppFolder", "8019c312-3263-48e6-825e-2b833497195b", "b47b160b-1054-4efd-9ca0-e2f614696086", false),
    ("Files.SelectedOperations.Selected", "ef2779dc-ef1b-4211-8310-8a0ac2450081", "bd61925e-3bf4-4d62-bc0b-06b06c96d95c", false),
    ("Group.Create", "", "bf7b1a76-6e77-406b-b258-bf5c7720e98f", false),
    ("Group.Read.All", "5f8c59db-677d-491f-a6b8-5f174b11ec1d", "5b567255-7703-4780-807c-7be8301ae99b", true),
    ("Group.ReadBasic.All", "ba1917bc-a64b-4c71-b66d-229d4a520e66", "07d67222-3a10-4d3b-9ddc-b8aa43198a00", true),
    ("Group.ReadWrite.All", "4e46008b-f24c-477d-8fff-7bb4ec7aafe0", "62a82d76-70ea-41e2-9197-370581804d09", true),
    ("GroupMember.Read.All", "bc024368-1153-4739-b217-4326f2e966d0", "98830695-27a2-44f7-8c18-0c3ebc9698f6", true),
    ("GroupMember.ReadBasic.All", "28539367-358c-4ed9-b7f0-793eccb8fd34", "8222c640-cae5-4860-8d11-b32cfad95e03", true),
    ("GroupMember.ReadWrite.All", "f81125ac-d3b7-4573-a3b2-7099cc39df9e", "dbaae8cf-10b5-4b86-a4a1-f871c94c6695", true),
    ("IMAP.AccessAsUser.All", "652390e4-393a-48de-9484-05f9b1212954", "", false),
    ("LicenseAssignment.Read.All", "f395577a-0960-456b-979f-7228de0c5996", "e2f98668-2877-4f38-a2f4-8202e0717aa1", false),
    ("LicenseAssignment.ReadWrite.All", "f55016cc-149c-447e-8f21-7cf3ec1d6350", "5facf0c1-8979-4e95-abcf-ff3d079771c0", false),
    ("Mail.Read", "570282fd-fa5c-430d-a7fd-fc8dc98a9dca", "810c84a8-4a9e-49e6-bf7d-12d183f40d01", false),
    ("Mail.Read.Shared", "7b9103a5-4610-446b-9670-80643382c1fa", "", false),
    ("Mail.ReadBasic", "a4b8392a-d8d1-4954-a029-8e668a39a170", "6be147d2-ea4f-4b5a-a3fa-3eab6f3c140a", false),
    ("Mail.ReadBasic.All", "", "693c5e45-0940-467d-9b8a-1022fb9d42ef", false),
    ("Mail.ReadBasic.Shared", "b11fa0e7-fdb7-4dc9-b1f1-59facd463480", "", false),
    ("Mail.ReadWrite", "024d486e-b451-40bb-833d-3e66d98c5c73", "e2a3a72e-5f79-4c64-b1b1-878b674786c9", false),
    ("Mail.ReadWrite.Shared", "5df07973-7d5d-46ed-9847-1271055cbd51", "", false),
    ("Mail.Send", "e383f46e-2787-4529-855e-0e479a3ffac0", "b633e1c5-b582-4048-a93e-9f11b44c7e96", false),
    ("Mail.Send.Shared", "a367ab51-6b49-43bf-a716-a1fb06d2a174", "", false),
    ("MailboxConfigItem.Read", "dce2e6fc-0f4b-40da-94e2-14b4477f3d92", "27d9d776-f4d2-426d-80ad-5f22f2b01b0a", false),
    ("MailboxConfigItem.ReadWrite", "7d461784-7715-4b09-9f90-91a6d8722652", "aa6d92d4-b25a-4640-aefe-3e3231e5e736", false),
    ("MailboxFolder.Read", "52dc2051-4958-4636-8f2a-281d39c6981c", "", true),
    ("MailboxFolder.Read.All", "", "99280d24-a782-4793-93cc-0888549957f6", false),
    ("MailboxFolder.ReadWrite", "077fde41-7e0b-4c5b-bcd1-e9d743a30c80", "", true),
    ("MailboxFolder.ReadWrite.All", "", "fef87b92-8391-4589-9da7-eb93dab7dc8a", false),
    ("MailboxItem.Export", "58d3e7fa-3ce9-4a0c-9baa-0971f64709d9", "", true),
    ("MailboxItem.Export.All", "", "937550e9-33a3-494b-88ae-d9cd394b1fbb", false),
    ("MailboxItem.ImportExport", "df96e8a0-f4e1-4ecf-8d83-a429f822cbd6", "", true),
    ("MailboxItem.ImportExport.All", "", "76577085-e73d-4f1d-b26a-85fb33892327", false),
    ("MailboxItem.Read", "82305458-296d-4edd-8b0b-74dd74c34526", "", true),
    ("MailboxItem.Read.All", "", "7d9f353d-a7bd-4fbb-822a-26d5dd39a3ce", false),
    ("MailboxItem.ReadWrite", "ec1ade38-5268-4bc8-87fa-b230e42f7a88", "", true),
    ("MailboxItem.ReadWrite.All", "", "1583d471-fede-4e7c-b062-57e9d60cfb49", false),
    ("MailboxSettings.Read", "87f447af-9fa4-4c32-9dfa-4a57a73d18ce", "40f97065-369a-49f4-947c-6a255697ae91", false),
    ("MailboxSettings.ReadWrite", "818c620a-27a9-40bd-a6a5-d96f7d610b4b", "6931bccd-447a-43d1-b442-00a195474933", false),
    ("OnlineMeetings.Read", "9be106e1-f4e3-4df5-bdff-e4bc531cbe43", "", false),
    ("OnlineMeetings.Read.All", "", "c1684f21-1984-47fa-9d61-2dc8c296bb70", true),
    ("OnlineMeetings.ReadWrite", "a65f2972-a4f8-4f5e-afd7-69ccb046d5dc", "", false),
    ("OnlineMeetings.ReadWrite.All", "", "b8bb2037-6e08-44ac-a4ea-4674e010e2a4", true),
    ("Organization.Read.All", "4908d5b9-3fb2-4b1e-9336-1888b7937185", "498476ce-e0fe-48b0-b801-37ba7e2685c6", true),
    ("Organization.ReadWrite.All", "46ca0847-7e6b-426e-9775-ea810a948356", "292d869f-3427-49a8-9dab-8c70152b74e9", true),
    ("POP.AccessAsUser.All", "d7b7f2d9-0f45-4ea1-9d42-e50810c06991", "", false),
    ("People.Read", "ba47897c-39ec-4d83-8086-ee8256fa737d", "", false),
    ("Policy.Read.All", "572fea84-0151-49b2-9301-11cb16974376", "246dd0d5-5bd0-4def-940b-0421030a5b68", true),
    ("Policy.Read.ConditionalAccess", "633e0fce-8c58-4cfb-9495-12bbd5a24f7c", "37730810-e9ba-4e46-b07e-8ca78d182097", false),
    ("Policy.Read.PermissionGrant", "414de6ea-2d92-462f-b120-6e2a809a6d01", "9e640839-a198-48fb-8b9a-013fd6f6cbcd", true),
    ("Policy.ReadWrite.ApplicationConfiguration", "b27add92-efb2-4f16-84f5-8108ba77985c", "be74164b-cff1-491c-8741-e671cb536e13", true),
    ("Policy.ReadWrite.Authorization", "edd3c878-b384-41fd-95ad-e7407dd775be", "fb221be6-99f2-473f-bd32-01c6a0e9ca3b", true),
    ("Policy.ReadWrite.ConditionalAccess", "ad902697-1014-4ef5-81ef-2b4301988e8c", "01c0a623-fc9b-48e9-b794-0756f8e8f067", true),
    ("Policy.ReadWrite.ConsentRequest", "4d135e65-66b8-41a8-9f8b-081452c91774", "999f8c63-0a38-4f1b-91fd-ed1947bdd1a9", true),
    ("Policy.ReadWrite.PermissionGrant", "2672f8bb-fd5e-42e0-85e1-ec764dd2614e", "a402ca1c-2696-4531-972d-6e5ee4aa11ea", true),
    ("ReportSettings.Read.All", "84fac5f4-33a9-4100-aa38-a20c6d29e5e7", "ee353f83-55ef-4b78-82da-555bfa2b4b95", true),
    ("ReportSettings.ReadWrite.All", "b955410e-7715-4a88-a940-dfd551018df3", "2a60023f-3219-47ad-baa4-40e17cd02a1d", true),
    ("Reports.Read.All", "02e97553-ed7b-43d0-ab3c-f8bace0d040c", "230c1aed-a721-4c5d-9cb4-a90514e508ef", true),
    ("RoleManagement.Read.All", "48fec646-b2ba-4019-8681-8eb31435aded", "c7fbd983-d9aa-4fa7-84b8-17382c103bc4", true),
    ("RoleManagement.Read.Directory", "741c54c3-0c1e-44a1-818b-3f97ab4e8c83", "483bed4a-2ad3-4361-a73b-c83ccdbdc53c", true),
    ("RoleManagement.Read.Exchange", "3bc15058-7858-4141-b24f-ae43b4e80b52", "c769435f-f061-4d0b-8ff1-3d39870e5f85", true),
    ("RoleManagement.ReadWrite.Directory", "d01b97e9-cbc0-49fe-810a-750afd5527a3", "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8", true),
    ("RoleManagement.ReadWrite.Exchange", "c1499fe0-52b1-4b22-bed2-7a244e0e879f", "025d3225-3f02-4882-b4c0-cd5b541a4e80", true),
    ("SMTP.Send", "258f6531-6087-4cc4-bb90-092c5fb3ed3f", "", false),
    ("Sites.FullControl.All", "5a54b8b3-347c-476d-8f8e-42d5c7424d29", "a82116e5-55eb-4c41-a434-62fe8a61c773", true),
    ("Sites.Manage.All", "65e50fdc-43b7-4915-933e-e8138f11f40a", "0c0bf378-bf22-4481-8f81-9e89a9b4960a", false),
    ("Sites.Read.All", "205e70e5-aba6-4c52-a976-6d2d46c48043", "332a536c-c7ef-4017-ab91-336970924f0d", false),
    ("Sites.ReadWrite.All", "89fe6a52-be36-487e-b7d8-d061c450a026", "9492366f-7969-46a4-8d15-ed1a20078fff", false),
    ("Sites.Selected", "f89c84ef-20d0-4b54-87e9-02e856d66d53", "883ea226-0bf2-4a8f-9f9d-92c9162a727d", false),
    ("Tasks.Read", "f45671fb-e0fe-4b4b-be20-3d3ce43f1bcb", "", false),
    ("Tasks.Read.All", "", "f10e1f91-74ed-437f-a6fd-d6ae88e26c1f", false),
    ("Tasks.Read.Shared", "88d21fd4-8e5a-4c32-b5e2-4a1c95f34f72", "", false),
    ("Tasks.ReadWrite", "2219042f-cab5-40cc-b0d2-16b1540b4c5f", "", false),
    ("Tasks.ReadWrite.All", "", "44e666d1-d276-445b-a5fc-8815eeb81d55", false),
    ("Tasks.ReadWrite.Shared", "c5ddf11b-c114-4886-8558-8a4e557cd52b", "", false),
    ("Team.Create", "7825d5d6-6049-4ce7-bdf6-3b8d53f4bcd0", "23fc2474-f741-46ce-8465-674744c5c361", false),
    ("Team.ReadBasic.All", "485be79e-c497-4b35-9400-0e3fa7f2a5d4", "2280dda6-0bfd-44ee-a2f4-cb867cfc4c1e", false),
    ("TeamsActivity.Send", "7ab1d787-bae7-4d5d-8db6-37ea32df9186", "a267235f-af13-44dc-8385-c1dc93023186", false),
    ("User-Mail.ReadWrite.All", "6166886a-9576-433b-8544-658177bdef1d", "280d0935-0796-47d1-8d26-273470a3f17a", true),
    ("User.EnableDisableAccount.All", "f92e74e7-2563-467f-9dd0-902688cb5863", "3011c876-62b7-4ada-afa2-506cbbecc68c", true),
    ("User.Export.All", "405a51b5-8d8d-430b-9842-8be4b0e9f324", "405a51b5-8d8d-430b-9842-8be4b0e9f324", true),
    ("User.Invite.All", "63dd7cd9-b489-4adf-a28c-ac38b9a0f962", "09850681-111b-4a89-9bed-3f2cae46d706", true),
    ("User.Read", "e1fe6dd8-ba31-4d61-89e7-88639da4683d", "", false),
    ("User.Read.All", "a154be20-db9c-4678-8ab7-66f6cc099a59", "df021288-bdef-4463-88db-98f22de89214", true),
    ("User.ReadBasic.All", "b340eb25-3456-403f-be2f-af7a0d370277", "97235f07-e226-4f63-ace3-39588e11d3a1", false),
    ("User.ReadWrite", "b4e74841-8e56-480b-be8b-910348b18b4c", "", false),
    ("User.ReadWrite.All", "204e0828-b5ca-4ad8-b9f3-f32a958e7cc4", "741f803b-c850-494e-b5df-cde7c675a1ca", true),
    ("User.RevokeSessions.All", "fc30e98b-8810-4501-81f5-c20a3196387b", "77f3a031-c388-4f99-b373-dc68676a979e", true),
    ("email", "64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0", "", false),
    ("offline_access", "7427e0e9-2fba-42fe-b0c0-848c9e6a8182", "", false),
    ("openid", "37f7f235-527c-4136-accd-4a02d197296e", "", false),
    ("profile", "14dad69e-099b-42c9-810b-d002981feec1", "", false),
];

/// Office 365 Exchange Online, application: EWS, the mail protocols and the retired Outlook REST roles whose names equal Graph's.
#[rustfmt::skip]
const EXCHANGE_ROLES: &[(&str, &str)] = &[
    ("full_access_as_app", "dc890d15-9560-4a4c-9b7f-a736ec74ec40"),
    ("Exchange.ManageAsApp", "dc50a0fb-09a3-484d-be87-e023b12c6440"),
    ("IMAP.AccessAsApp", "5e5addcd-3e8d-4e90-baf5-964efab2b20a"),
    ("POP.AccessAsApp", "cb842b43-da6e-4506-86fe-bb12199c656d"),
    ("SMTP.SendAsApp", "7146a1f0-8703-45b3-9eae-527a64c00995"),
    ("Mail.Read", "810c84a8-4a9e-49e6-bf7d-12d183f40d01"),
    ("Mail.ReadWrite", "e2a3a72e-5f79-4c64-b1b1-878b674786c9"),
    ("Mail.Send", "b633e1c5-b582-4048-a93e-9f11b44c7e96"),
    ("MailboxSettings.Read", "d45fa9f8-36e5-4cd2-b601-b063c7cf9ac2"),
    ("MailboxSettings.ReadWrite", "f9156939-25cd-4ba8-abfe-7fabcf003749"),
    ("Calendars.Read", "798ee544-9d2d-430c-a058-570e29e34338"),
    ("Calendars.ReadWrite.All", "ef54d2bf-783f-4e0f-bca1-3210c0444d99"),
    ("Contacts.Read", "089fe4d0-434a-44c5-8827-41ba8a0b17f5"),
    ("Contacts.ReadWrite", "6918b873-d17a-4dc1-b314-35f528134491"),
    ("Tasks.Read", "c1b0de0a-1de9-455d-919f-eca451053141"),
    ("Tasks.ReadWrite", "2c6a42ca-0d4d-49ad-bc0e-21222c449a65"),
];

/// Office 365 Exchange Online, delegated.
#[rustfmt::skip]
const EXCHANGE_SCOPES: &[(&str, &str)] = &[
    ("EWS.AccessAsUser.All", "3b5f3d61-589b-4a3c-a359-5dd4b5ee5bd5"),
    ("Exchange.Manage", "ab4f2b77-0b06-4fc1-a9de-02113fc2ab7c"),
    ("IMAP.AccessAsUser.All", "195adc35-e27b-454b-a7ed-1ecdffa1c09f"),
    ("POP.AccessAsUser.All", "fb698133-92fa-453e-a9ed-688e10f2e5ac"),
    ("SMTP.Send", "76faac2a-0f20-42f1-928a-50de5b9dbe52"),
    ("EAS.AccessAsUser.All", "266d2589-20b5-4f91-9a03-89247d1be8da"),
];
