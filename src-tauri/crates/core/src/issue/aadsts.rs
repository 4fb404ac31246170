//! The numbers with which Entra refuses a sign-in or a token ("Microsoft Entra authentication and authorization error codes"), and the
//! cause behind each. Without a token nobody's mailbox can be asked, so such an issue is one of the organization.

use super::Cause;

/// The cause of an `AADSTS` number; [`Cause::SignInRefused`] for one that isn't known, or that only support can explain.
#[must_use]
pub fn cause_of_sign_in(number: u32) -> Cause {
    NUMBERS.iter().find(|(_, numbers)| numbers.contains(&number)).map_or(Cause::SignInRefused, |&(cause, _)| cause)
}

/// Whether the catalogue has the number.
#[must_use]
pub fn is_known_number(number: u32) -> bool {
    NUMBERS.iter().any(|(_, numbers)| numbers.contains(&number))
}

const NUMBERS: &[(Cause, &[u32])] = &[
    (Cause::ConsentMissing, &[65_001, 650_056, 90_008, 90_099]),
    (Cause::ConsentDeclined, &[65_004]),
    (Cause::ConsentNotAllowed, &[90_093, 90_094, 90_095]),
    (Cause::AppNotInTenant, &[700_011, 700_016, 7_000_229]),
    (Cause::AppDisabled, &[70_001, 7_000_112, 1_000_031]),
    (Cause::NotAssigned, &[50_105]),
    (Cause::SecretWrong, &[70_002, 7_000_215]),
    (Cause::SecretExpired, &[7_000_222]),
    (Cause::CertificateRefused, &[50_003, 50_012, 700_027, 700_030]),
    (Cause::RegistrationMismatch, &[50_194, 65_002, 700_025, 700_054, 700_084, 7_000_114, 7_000_218, 90_130, 9_002_332]),
    (Cause::RedirectNotRegistered, &[50_011, 500_113, 70_004, 900_971]),
    (Cause::ResourceMissing, &[50_001, 500_011, 65_005, 650_052, 650_054, 650_057, 90_092, 90_124]),
    (Cause::TenantNotFound, &[50_059, 50_128, 90_002, 90_019, 900_023, 5_000_224]),
    (Cause::AccountElsewhere, &[16_000, 50_014, 50_020, 50_034, 50_197, 51_004, 90_072, 500_208]),
    (Cause::WrongCloud, &[50_049, 90_038, 90_043, 90_051, 900_382, 900_432]),
    (Cause::TenantRestricted, &[50_002, 500_021, 500_022, 500_212, 500_213, 1_000_104]),
    (
        Cause::ConditionalAccess,
        &[
            50_097, 50_131, 50_155, 50_177, 50_187, 53_000, 53_001, 53_002, 53_003, 53_004, 53_010, 53_011, 240_001, 530_003, 530_032,
            530_034, 530_035,
        ],
    ),
    (Cause::MoreProofWanted, &[50_072, 50_074, 50_076, 50_078, 50_079, 50_158, 70_043]),
    (
        Cause::SignInExpired,
        &[
            50_058, 50_089, 50_132, 50_133, 50_140, 50_173, 50_199, 54_005, 70_000, 70_008, 70_016, 70_018, 70_019, 90_120, 700_020,
            700_082, 900_561,
        ],
    ),
    (Cause::PasswordExpired, &[50_055, 50_125, 50_135, 50_144]),
    (Cause::PasswordWrong, &[50_056, 50_126]),
    (Cause::AccountDisabled, &[50_057]),
    (Cause::AccountLocked, &[50_053]),
    (Cause::ClockWrong, &[50_013, 700_024]),
    (Cause::Throttled, &[90_055]),
    (Cause::SignInUnavailable, &[50_033, 50_087, 90_006, 90_012, 90_024, 90_033, 90_090, 90_091, 165_900, 650_051]),
    (
        Cause::RequestWrong,
        &[
            50_048, 50_147, 50_196, 70_003, 70_007, 70_011, 90_004, 90_009, 90_014, 90_015, 90_023, 90_056, 240_002, 501_481, 501_491,
            700_005, 700_022, 700_023, 700_229, 900_144, 901_001, 901_002, 1_002_012, 9_001_023, 9_002_313,
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Entra says of it that it doesn't pass and nothing more: what helps is support, which is what the general page says.
    const GENERAL: [u32; 1] = [90_036];

    #[test]
    fn every_number_that_an_admin_meets_has_a_cause() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared/data/graph/aadsts-codes.csv");
        let Ok(published) = std::fs::read_to_string(path) else {
            println!("skipped: the list of Entra's numbers is not at hand");
            return;
        };
        let numbers: Vec<u32> = published.lines().filter_map(|row| row.split(',').next()?.parse().ok()).collect();
        assert!(numbers.len() > 150, "{} numbers were compared", numbers.len());
        for number in numbers {
            assert!(is_known_number(number) != GENERAL.contains(&number), "AADSTS{number} has no cause and isn't said to be general");
        }
    }

    #[test]
    fn no_number_stands_twice_and_an_unknown_one_is_called_unknown() {
        let mut all: Vec<u32> = NUMBERS.iter().flat_map(|(_, numbers)| numbers.iter().copied()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        assert_eq!(cause_of_sign_in(7_000_222), Cause::SecretExpired);
        assert_eq!(cause_of_sign_in(999_999), Cause::SignInRefused);
    }
}
