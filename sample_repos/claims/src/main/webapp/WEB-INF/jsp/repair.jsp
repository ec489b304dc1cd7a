<%@ page contentType="text/html; charset=UTF-8" %>
<%@ taglib prefix="c" uri="http://java.sun.com/jsp/jstl/core" %>
<%@ include file="head.jsp" %>
<h1>Repair</h1>
<c:forEach var="o" items="${orders}">${o.partnerRef} ${o.status} ${o.estimateCents / 100}<br></c:forEach>
<form method="post" action="<%= ctx %>/repair">
<input type="hidden" name="claimId" value="${claimId}">
<select name="shop"><c:forEach var="s" items="${shops}"><option value="${s.shopCode}"><c:out value="${s.shopName}, ${s.city}"/></option></c:forEach></select>
Damage <input name="damage" size="60"> <input type="submit" value="Order">
</form>
<%@ include file="foot.jsp" %>
