namespace OrleansChat.Protocol.Line;

/// <summary>
/// Why a request was refused. If several reasons apply, the client is told the first of these: too long, not a command, missing
/// arguments, too many attempts, no session, ID used before, no recipient, mailbox full, unavailable.
/// </summary>
public enum ReplyError
{
    /// <summary>Login: there is no such user.</summary>
    NoSuchUser = 0,

    /// <summary>Login: the password is wrong.</summary>
    WrongPassword = 1,

    /// <summary>Send: there is no such recipient.</summary>
    NoRecipient = 2,

    /// <summary>The token is unknown, expired or logged out, or the connection lacks a login that the command needs.</summary>
    NoSession = 3,

    /// <summary>Arguments are missing, or the ID of a repeatable send is invalid.</summary>
    MissingArguments = 4,

    /// <summary>The command is unknown or empty, or the line is not UTF-8.</summary>
    NotACommand = 5,

    /// <summary>The line is too long.</summary>
    LineTooLong = 6,

    /// <summary>A rate limit was reached.</summary>
    TooManyAttempts = 7,

    /// <summary>The recipient's mailbox is full.</summary>
    MailboxFull = 8,

    /// <summary>The service cannot answer now; it is unknown whether a send was stored.</summary>
    Unavailable = 9,

    /// <summary>The ID of a repeatable send stands for another message.</summary>
    IdUsed = 10,
}

/// <summary>The texts of the errors on the wire.</summary>
public static class ReplyErrors
{
    /// <summary>The text by which clients recognize the error: plain ASCII, without characters that JSON escapes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a member of the enumeration.</exception>
    public static ReadOnlySpan<byte> TextOf(ReplyError error) => error switch
    {
        ReplyError.NoSuchUser => "User Tidak Ada"u8,
        ReplyError.WrongPassword => "Password Salah"u8,
        ReplyError.NoRecipient => "User Tidak Ditemukan"u8,
        ReplyError.NoSession => "Informasi tidak ditemukan"u8,
        ReplyError.MissingArguments => "--Protocol Tidak Benar"u8,
        ReplyError.NotACommand => "**Protocol Tidak Benar"u8,
        ReplyError.LineTooLong => "Baris Terlalu Panjang"u8,
        ReplyError.TooManyAttempts => "Terlalu Banyak Percobaan"u8,
        ReplyError.MailboxFull => "Kotak Masuk Penuh"u8,
        ReplyError.IdUsed => "ID Sudah Dipakai"u8,
        ReplyError.Unavailable => "Layanan Sedang Tidak Tersedia"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(error)),
    };
}
