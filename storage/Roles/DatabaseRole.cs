using System.Text;
using System.Text.RegularExpressions;

namespace OrleansChat.Storage.Roles;

/// <summary>What a role of the database is for, and with it what it may do: see <see cref="RolePrivileges"/>.</summary>
public enum RolePurpose
{
    /// <summary>Silos, with or without the gateway in them, and the commands on accounts.</summary>
    Service = 0,

    /// <summary>Gateways in processes of their own, which look up the silos of the cluster and nothing else.</summary>
    Gateway = 1,
}

/// <summary>A role that programs of the service log in as.</summary>
public sealed partial class DatabaseRole
{
    /// <summary>PostgreSQL cuts longer names off, in bytes of UTF-8.</summary>
    private const int MaxNameBytes = 63;

    /// <summary>Checks name and password.</summary>
    /// <param name="purpose">What it is for.</param>
    /// <param name="name">Its name, case and all.</param>
    /// <param name="password">Its password; empty to leave it as it is, or without one.</param>
    /// <exception cref="RoleException">No role can be called so, or the password is not of printable ASCII.</exception>
    public DatabaseRole(RolePurpose purpose, string name, string password)
    {
        if (name.Length == 0 || name.Any(char.IsControl) || Encoding.UTF8.GetByteCount(name) > MaxNameBytes
            || name is "public" or "none" || name.StartsWith("pg_", StringComparison.Ordinal))
            throw new RoleException(
                $"'{name}' cannot be a role: a name has 1 to {MaxNameBytes} bytes without control characters, "
                + "does not begin with pg_, and is neither public nor none.");
        // Others are to be normalised as SASLprep has it before they are hashed, by every client in the same way.
        if (!PrintableAscii().IsMatch(password))
            throw new RoleException($"The password of the role {name} has characters that are not printable ASCII.");
        (Purpose, Name, Password) = (purpose, name, password);
    }

    /// <summary>What it is for.</summary>
    public RolePurpose Purpose { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The name as it stands in a statement.</summary>
    internal string Quoted => $"\"{Name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Its password, or empty.</summary>
    internal string Password { get; }

    [GeneratedRegex(@"\A[ -~]*\z")]
    private static partial Regex PrintableAscii();
}

/// <summary>A role cannot be what it was to be. The message says why, and holds no password.</summary>
public sealed class RoleException : Exception
{
    /// <summary>Creates the exception.</summary>
    public RoleException() { }

    /// <summary>Creates the exception with a message.</summary>
    public RoleException(string message) : base(message) { }

    /// <summary>Creates the exception with a message and a cause.</summary>
    public RoleException(string message, Exception innerException) : base(message, innerException) { }
}
