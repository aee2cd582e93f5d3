using OrleansChat.GrainInterfaces;

namespace OrleansChat.Grains;

/// <summary>What the operator asks of accounts that their owners make or change.</summary>
public sealed class AccountRules
{
    /// <summary>Who may register. Default nobody.</summary>
    public RegistrationMode Registration { get; set; }

    /// <summary>How many may register in an hour; 0 for no limit, also not for an address. Default 60.</summary>
    public int RegistrationsPerHour { get; set; } = 60;

    /// <summary>How many of them from one address; 0 for no limit. Default 3.</summary>
    public int RegistrationsPerAddress { get; set; } = 3;

    /// <summary>The smallest length of a new password, in characters as people count them. Default 8; older passwords stay valid.</summary>
    public int MinPasswordLength { get; set; } = 8;
}
