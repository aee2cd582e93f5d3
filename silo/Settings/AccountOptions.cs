using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using OrleansChat.GrainInterfaces;
using OrleansChat.Grains;
using OrleansChat.Hosting.Settings;

namespace OrleansChat.Silo.Settings;

/// <summary>What one account may ask of the service, through all gateways together.</summary>
[Section("Accounts")]
public sealed class AccountOptions
{
    private const string Closed = "closed", Invite = "invite", Open = "open";

    private static readonly AccountLimits Usual = new();
    private static readonly AccountRules UsualRules = new();

    [Description("Messages per second that an account may send, in sum over all its sessions; eight to ten times as many at once.")]
    [Bounds(1)]
    public int SendsPerSecond { get; set; } = Usual.SendsPerSecond;

    [Description("Unread messages that a mailbox holds; with more, sends to it are refused.")]
    [Bounds(1)]
    public int MaxUnread { get; set; } = Usual.MaxUnread;

    [Description("How many of these may be of one sender.")]
    [Bounds(1)]
    public int MaxUnreadOfSender { get; set; } = Usual.MaxUnreadOfSender;

    [Description("Wrong passwords for one account from one address at once; another one each minute.")]
    [Bounds(1)]
    public int WrongPasswords { get; set; } = Usual.WrongPasswords;

    [Description("Passwords that are hashed at once; 0 for one less than there are processors.")]
    [Bounds(0)]
    public int PasswordHashes { get; set; }

    [Description("Who may register over HTTP: closed for nobody, invite for those whom a user has invited, open for everybody.")]
    [AllowedValues(Closed, Invite, Open, ErrorMessage = "{0} must be closed, invite or open.")]
    public string Registration { get; set; } = Closed;

    [Description("How many users may register in an hour.")]
    [Bounds(1)]
    public int RegistrationsPerHour { get; set; } = UsualRules.RegistrationsPerHour;

    [Description("How many of them from one address (of IPv6: from one network of 64 bits).")]
    [Bounds(1)]
    public int RegistrationsPerAddress { get; set; } = UsualRules.RegistrationsPerAddress;

    [Description("The smallest length of a new password that an owner sets, in characters; older ones stay valid.")]
    [Bounds(1, 64)]
    public int MinPasswordLength { get; set; } = UsualRules.MinPasswordLength;

    [Description("Whether the demonstration users, whose password is public, are added at start; on loopback addresses only.")]
    public bool DemoUsers { get; set; }

    /// <summary>The limits of accounts and mailboxes, as grains know them.</summary>
    public AccountLimits ToLimits() => new()
    {
        SendsPerSecond = SendsPerSecond,
        MaxUnread = MaxUnread,
        MaxUnreadOfSender = MaxUnreadOfSender,
        WrongPasswords = WrongPasswords,
    };

    /// <summary>What is asked of accounts, as grains know it.</summary>
    /// <param name="isLimited">Whether registrations are limited.</param>
    public AccountRules ToRules(bool isLimited) => new()
    {
        Registration = Registration switch
        {
            Open => RegistrationMode.Open,
            Invite => RegistrationMode.Invite,
            _ => RegistrationMode.Closed,
        },
        RegistrationsPerHour = isLimited ? RegistrationsPerHour : 0,
        RegistrationsPerAddress = isLimited ? RegistrationsPerAddress : 0,
        MinPasswordLength = MinPasswordLength,
    };
}
