using System.Text;
using System.Text.RegularExpressions;

namespace OrleansChat.Storage.Roles;

/// <summary>The purpose of a database role, which decides its privileges: see <see cref="RolePrivileges"/>.</summary>
public enum RolePurpose
{
    /// <summary>Silos, with or without a gateway in the same process, and the account commands.</summary>
    Service = 0,

    /// <summary>Gateways in processes of their own, which only look up the silos of the cluster.</summary>
    Gateway = 1,
}

/// <summary>A database role that programs of the service log in as.</summary>
public sealed partial class DatabaseRole
{
    /// <summary>In bytes of UTF-8; PostgreSQL truncates longer names.</summary>
    private const int MaxNameBytes = 63;

    /// <summary>Checks the name and the password.</summary>
    /// <param name="purpose">The purpose, which decides its privileges.</param>
    /// <param name="name">The name; case matters.</param>
    /// <param name="password">The password; empty to keep the present one, or to create the role without one.</param>
    /// <exception cref="RoleException">The name is not a valid role name, or the password is not printable ASCII.</exception>
    public DatabaseRole(RolePurpose purpose, string name, string password)
    {
        if (name.Length == 0 || name.Any(char.IsControl) || Encoding.UTF8.GetByteCount(name) > MaxNameBytes
            || name is "public" or "none" || name.StartsWith("pg_", StringComparison.Ordinal))
            throw new RoleException(
                $"'{name}' cannot be a role: a name has 1 to {MaxNameBytes} bytes without control characters, "
                + "does not begin with pg_, and is neither public nor none.");
        // Other passwords would need SASLprep normalisation before hashing, by every client in the same way.
        if (!PrintableAscii().IsMatch(password))
            throw new RoleException($"The password of the role {name} has characters that are not printable ASCII.");
        (Purpose, Name, Password) = (purpose, name, password);
    }

    /// <summary>The purpose, which decides its privileges.</summary>
    public RolePurpose Purpose { get; }

    /// <summary>The unquoted name.</summary>
    public string Name { get; }

    /// <summary>The name, quoted for a statement.</summary>
    internal string Quoted => $"\"{Name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>The password to set, or empty.</summary>
    internal string Password { get; }

    [GeneratedRegex(@"\A[ -~]*\z")]
    private static partial Regex PrintableAscii();
}

/// <summary>A role cannot be created or granted its privileges. The message says why, and holds no password.</summary>
public sealed class RoleException(string message, Exception? innerException = null) : Exception(message, innerException);
