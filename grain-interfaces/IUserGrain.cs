using Orleans.Concurrency;

namespace OrleansChat.GrainInterfaces;

/// <summary>
/// One user: the profile, the password, the mailbox. Keyed by <c>u:</c> and the user name.
/// Everything interleaves: nothing here may wait for somebody else's password hash or commit.
/// </summary>
/// <remarks>An exception of any kind means that the service cannot answer now, and that it is unknown what was done.</remarks>
[Alias("OrleansChat.IUserGrain"), GrainInterfaceType("OrleansChat.IUserGrain")]
public interface IUserGrain : IGrainWithStringKey
{
    /// <summary>
    /// Checks a password; hashes it off the grain's turn. Whoever was wrong too often from one address is not heard from there
    /// for a while; from every other address the owner is.
    /// </summary>
    /// <param name="password">The password.</param>
    /// <param name="address">Where it comes from, as the gateway counts addresses; empty where it does not know.</param>
    [Alias("CheckPassword"), AlwaysInterleave, ResponseTimeout("00:00:30")]
    Task<PasswordCheck> CheckPassword(Secret password, string address);

    /// <summary>
    /// Lends a session of this user permits to send, out of what the account may send a second in all. They are good for
    /// <see cref="SendLoan.Lifetime"/>.
    /// </summary>
    /// <returns>How many: at most as many as wanted, and 0 when the account has none left for now.</returns>
    [Alias("LendSends"), AlwaysInterleave]
    Task<int> LendSends(int wanted);

    /// <summary>
    /// Stores the messages, all or none, behind those that were accepted before, and answers when they are durable.
    /// A repetition under the same message ids is stored once.
    /// </summary>
    [Alias("Append"), AlwaysInterleave]
    Task<SendStatus> Append(MailboxDelivery delivery);

    /// <summary>
    /// Reads unread messages behind number <paramref name="after"/>, oldest first, about 1 MiB of them.
    /// Null when the session has ended.
    /// </summary>
    [Alias("ReadInbox"), AlwaysInterleave]
    Task<InboxPage?> ReadInbox(string sessionKey, long after);

    /// <summary>
    /// The client has shown that it received everything up to <paramref name="number"/>: these messages leave the
    /// mailbox, durably. Whether the session that read them has ended meanwhile does not matter: they were handed over.
    /// </summary>
    [Alias("MarkReceived"), AlwaysInterleave]
    Task MarkReceived(long accountId, long number);

    /// <summary>Reads the account anew: an admin command changed it.</summary>
    [Alias("Refresh"), AlwaysInterleave]
    Task Refresh();
}

/// <summary>Messages of one session to one recipient.</summary>
/// <param name="SessionKey">The sender's session, which must be alive when they are stored.</param>
/// <param name="Messages">In order; at least one.</param>
/// <param name="Sender">The sender's user name, whose share of the mailbox they count against.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.MailboxDelivery")]
public sealed record MailboxDelivery(
    [property: Id(0)] string SessionKey, [property: Id(1)] OutgoingMessage[] Messages, [property: Id(2)] string Sender);

/// <summary>What <see cref="IUserGrain.LendSends"/> lends.</summary>
public static class SendLoan
{
    /// <summary>
    /// How long a permit is good, from before it was asked for. Short, since what is lent and not used is lost to the account's
    /// other sessions; a session in use asks for more while it still has some.
    /// </summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(2);
}

/// <summary>The answer to a password.</summary>
[GenerateSerializer, Immutable, Alias("OrleansChat.PasswordCheck")]
public sealed record PasswordCheck
{
    /// <summary>Whether it was right, and why not.</summary>
    [Id(0)] public LogInStatus Status { get; init; }

    /// <summary>The account, where it was right.</summary>
    [Id(1)] public long AccountId { get; init; }

    /// <summary>The account's security stamp, where it was right: a session that carries another one is dead.</summary>
    [Id(2)] public Guid SecurityStamp { get; init; }
}

/// <summary>Unread messages.</summary>
/// <param name="OwnerName">The reader's display name.</param>
/// <param name="AccountId">The reader's account, whose mailbox the numbers belong to.</param>
/// <param name="Messages">Oldest first; empty when there is nothing unread behind the given number.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.InboxPage")]
public sealed record InboxPage(
    [property: Id(0)] string OwnerName, [property: Id(1)] long AccountId, [property: Id(2)] InboxMessage[] Messages);

/// <summary>An unread message.</summary>
/// <param name="Number">Its number in its mailbox: 1, 2, 3, ... without a gap.</param>
/// <param name="Sender">The sender's user name.</param>
/// <param name="SenderName">The sender's display name when it was sent.</param>
/// <param name="Text">UTF-8; may hold NUL.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.InboxMessage")]
public sealed record InboxMessage(
    [property: Id(0)] long Number, [property: Id(1)] string Sender, [property: Id(2)] string SenderName, [property: Id(3)] byte[] Text);
