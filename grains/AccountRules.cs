namespace OrleansChat.Grains;

/// <summary>What the operator asks of accounts that their owners make or change.</summary>
public sealed class AccountRules
{
    /// <summary>The smallest length of a new password, in characters as people count them. Default 8; older passwords stay valid.</summary>
    public int MinPasswordLength { get; set; } = 8;
}
